/** An object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  // The fields differ by kind, and the models of Kubernetes check them: a type here would say it all again.
  // biome-ignore lint/suspicious/noExplicitAny: the models check the shape
  readonly [key: string]: any
}

/** Where the models of each API group are. */
const PACKAGES: Readonly<Record<string, string>> = {
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator',
  'gateway.networking.k8s.io/v1': '@kubernetes-models/gateway-api',
}

/** What the Kubernetes API would say against a manifest; undefined when it takes it. */
export async function errorOf(manifest: Manifest): Promise<string | undefined> {
  const { apiVersion, kind } = manifest
  const models = await import(`${PACKAGES[apiVersion] ?? 'kubernetes-models'}/${apiVersion}`)
  try {
    new models[kind](manifest).validate()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
