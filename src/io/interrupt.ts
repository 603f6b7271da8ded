// SIGINT, SIGTERM and SIGHUP end the run early but in order: the partial report is written with the money already spent.

export function interruptSignal(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController()
  let isOver = false
  const abort = () => {
    if (controller.signal.aborted) return
    controller.abort()
    import('./stuck.ts').then((one) => one.endWhenStuck(() => isOver))
  }
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130) // a second time: at once
    abort()
  }
  process.on('SIGINT', onSignal)
  // The runner sends SIGTERM after SIGINT while the report is being written.
  process.on('SIGTERM', abort)
  // A terminal or a connection that was closed.
  process.on('SIGHUP', abort)
  return {
    signal: controller.signal,
    dispose: () => {
      isOver = true
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', abort)
      process.off('SIGHUP', abort)
    },
  }
}
