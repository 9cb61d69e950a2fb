/** The languages of `<Say>`, from the `twilio` package's `SayLanguage`. */
export const SAY_LANGUAGES: readonly string[] = [
  ...'af-ZA am-ET ar-AE ar-XA arb bg-BG bn-IN ca-ES cmn-CN cmn-TW cs-CZ cy-GB da-DK de-AT'.split(' '),
  ...'de-DE el-GR en-AU en-CA en-GB en-GB-WLS en-IE en-IN en-NZ en-US en-ZA es-ES es-MX es-US'.split(' '),
  ...'fi-FI fil-PH fr-BE fr-CA fr-FR gu-IN he-IL hi-IN hu-HU id-ID is-IS it-IT ja-JP kn-IN'.split(' '),
  ...'ko-KR lv-LV ml-IN mr-IN ms-MY nb-NO nl-BE nl-NL pa-IN pl-PL pt-BR pt-PT ro-RO ru-RU'.split(' '),
  ...'sk-SK sr-RS sv-SE ta-IN te-IN th-TH tr-TR uk-UA vi-VN yue-HK zh-CN zh-HK zh-TW'.split(' '),
]

/** The countries of `<Dial ringTone>`, from its page and the `twilio` package's `DialRingTone`. */
export const RING_TONES: readonly string[] = [
  ...'at au be bg br ch cl cn cz de dk ee es fi fr gr hu il in it jp lt mx my nl no nz'.split(' '),
  ...'ph pl pt ru se sg th tw uk us us-old ve za'.split(' '),
]
