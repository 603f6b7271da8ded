// SIGINT and SIGTERM end the run early but in order: the partial report is written with the money already spent.

export function interruptSignal(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130) // a second time: at once
    controller.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onTerminate)
  function onTerminate(): void {
    controller.abort() // the runner sends SIGTERM after SIGINT while the report is being written
  }
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onTerminate)
    },
  }
}
