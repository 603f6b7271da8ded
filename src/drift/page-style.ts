// What the page of the history has beyond the style of report.html.

export const CHART_STYLE = `
:root{--series:#0550ae;--other:#6e40c9;--band:#0969da26;--merge:#8250df}
@media (prefers-color-scheme:dark){:root{--series:#79c0ff;--other:#d2a8ff;--band:#388bfd33;--merge:#d2a8ff}}
body{padding-top:1.25rem}
.chart{margin:1rem 0 0}figcaption{color:var(--soft);font-size:.9rem}figcaption b{color:var(--ink);font-variant-numeric:tabular-nums}
.plot{display:flex;gap:.4rem;height:11rem;margin-top:.25rem}.small .plot{height:5rem}
.plot svg{flex:1 1 0;width:0;min-width:0;height:100%;overflow:visible}
.ys{display:flex;flex-direction:column;justify-content:space-between;width:4.25rem;text-align:right;margin:-.6em 0}
.ys,.xs{color:var(--soft);font-size:.75rem;line-height:1.2;font-variant-numeric:tabular-nums;white-space:nowrap}
.xs{display:flex;justify-content:space-between;padding:.3rem 0 0 4.65rem}
.small{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 2rem}
svg path{fill:none;vector-effect:non-scaling-stroke;stroke-linecap:round;stroke-linejoin:round}
.grid{stroke:var(--line);stroke-width:1}.line{stroke:var(--series);stroke-width:1.75}.line.other{stroke:var(--other);stroke-dasharray:5 4}
svg .band{fill:var(--band);stroke:none}.base{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 4}
.rule{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}
.dot{stroke-width:8}.suspect .dot{stroke:var(--warn)}.drift .dot{stroke:var(--bad);stroke-width:11}.event .dot{stroke:var(--soft)}
svg .merge .dot{stroke:var(--merge);stroke-linecap:square;stroke-width:5.5}.last .dot{stroke:var(--series)}
.mark:focus{outline:none}.mark:focus-visible .dot{stroke:var(--focus);stroke-width:16}
.mark:hover .dot{stroke-width:13}
.spark{width:7rem;height:1.5rem;vertical-align:middle;display:block}.spark .line{stroke-width:1.5}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;padding:0;margin:.6rem 0 0;color:var(--soft);font-size:.85rem}
.key i{display:inline-block;width:.75em;height:.75em;margin-right:.4em;border-radius:50%}
.key .k-band{background:var(--band);border-radius:2px;width:1.4em}.key .k-suspect{background:var(--warn)}.key .k-drift{background:var(--bad)}
.key .k-merge{background:var(--merge);border-radius:0}.key .k-event{width:0;height:1em;border-left:1px dashed var(--soft);border-radius:0}
.key .k-live{height:0;width:1.4em;border-top:2px dashed var(--other);border-radius:0;vertical-align:middle}
.drift,.suspect,.in-band{white-space:nowrap}.drift{color:var(--bad);font-weight:600}.suspect{color:var(--warn)}.in-band{color:var(--good)}.unknown{color:var(--soft)}
details>.in{padding:.1rem 1rem 1rem}.in details{margin-top:1rem}summary .soft{margin-left:.5rem}
a{color:var(--focus)}.day{white-space:nowrap}td code{white-space:nowrap}
@media (max-width:50rem){body{padding:1rem .75rem 4rem}.small{grid-template-columns:minmax(0,1fr)}.plot{height:9rem}.ys{width:3.25rem}.xs{padding-left:3.65rem}details>.in{padding:.1rem .6rem .8rem}}
@media (forced-colors:active){.line,.dot{stroke:CanvasText}svg .band{fill:GrayText;fill-opacity:.3}}
@media print{.chart{break-inside:avoid}}
`
