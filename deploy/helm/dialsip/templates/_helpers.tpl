{{- define "dialsip.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* `dialsip` for a release of that name, `RELEASE-dialsip` for any other; 57 leave room for `-admin`. */}}
{{- define "dialsip.fullname" -}}
{{- $name := include "dialsip.name" . }}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- default $full .Values.fullnameOverride | trunc 57 | trimSuffix "-" }}
{{- end }}

{{- define "dialsip.selector" -}}
app.kubernetes.io/name: {{ include "dialsip.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "dialsip.labels" -}}
{{ include "dialsip.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "dialsip.image" -}}
{{- $repository := required "image.repository: where your image is, such as registry.example.com/dialsip (none is published: docs/deploy.md)" .Values.image.repository }}
{{- if .Values.image.digest }}{{ $repository }}@{{ .Values.image.digest }}
{{- else }}{{ $repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}
{{- end }}

{{- define "dialsip.host" -}}
{{- required "host: the host of publicUrl, such as voice.example.com" .Values.host }}
{{- end }}

{{/* A probe of PATH, by the kubelet or by `dialsip health`. */}}
{{- define "dialsip.probe" -}}
{{- if eq .probes "exec" -}}
exec:
  command: {{ ternary (list "dialsip" "health" "--ready") (list "dialsip" "health") (eq .path "/readyz") | toJson }}
{{- else -}}
httpGet:
  path: {{ .path }}
  port: http
{{- end }}
{{- end }}
