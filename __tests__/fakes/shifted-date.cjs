// Loaded before a program (`node --require`, which takes less than `--import`): its clock shows another day. Durations stay what they are.

const shift = Number(process.env.SHIFTED_DATE_MS ?? 0)
const RealDate = Date

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + shift)
    else super(...parts)
  }
  static now() {
    return RealDate.now() + shift
  }
}
