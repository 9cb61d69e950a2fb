/** `1 error`, `2 errors`, `1,200 errors` */
export function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`
}
