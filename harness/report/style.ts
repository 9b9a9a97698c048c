/** The page's one style sheet. Colours are variables: charts use the same ones, so that dark is a change of variables only. */
const variables = {
  light: `
    --paper: #fdfcf9; --panel: #f6f4ee; --ink: #1c1e21; --ink-soft: #5b5f66; --rule: #cfcbc1; --rule-soft: #e9e6dd; --link: #1f5fa8;
    --band: #f4f2ec; --hatch: #eeebe2; --burst: #fbf0d6; --fault: #8a4fa3; --bound: #a3211b;
    --blue: #3b76b8; --pale: #bcd2e8; --orange: #cc6a10; --teal: #12806f; --purple: #7d4a9c; --gold: #b98d10; --red: #b8322a; --grey: #8b919a;
    --ok: #1a6e3c; --ok-soft: #e7f3ea; --bad: #b0241c; --bad-soft: #fbeae7; --warn: #8a5a00; --warn-soft: #fbf1da; --unknown: #5a4a9c; --unknown-soft: #eeebf8; --none: #62666d; --mark: #fff;`,
  dark: `
    --paper: #15171a; --panel: #1d2024; --ink: #e9e6df; --ink-soft: #a6a9ae; --rule: #43474d; --rule-soft: #2a2e33; --link: #8cbcf2;
    --band: #1b1e22; --hatch: #23262b; --burst: #2c2613; --fault: #b98ad2; --bound: #ff8f85;
    --blue: #6ba4e0; --pale: #34506e; --orange: #f0994a; --teal: #4cc2ae; --purple: #c09ae0; --gold: #dcb545; --red: #f07d75; --grey: #7e858f;
    --ok: #74cf95; --ok-soft: #16291d; --bad: #ff938a; --bad-soft: #331a18; --warn: #eebd5c; --warn-soft: #30260f; --unknown: #b7a9f2; --unknown-soft: #231f38; --none: #a0a4ab; --mark: #15171a;`,
};

const base = `
* { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; scroll-padding-top: 3.5rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 400 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
h1, h2, .sentence, .letter { font-family: ui-serif, "Iowan Old Style", Charter, Georgia, "Liberation Serif", serif; }
h1 { font-size: 1.05rem; margin: 0; font-weight: 600; }
h2 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .5rem; font-weight: 600; letter-spacing: -.01em; }
h3 { font-size: 1rem; margin: 0; font-weight: 650; }
code, pre { font: .88em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
p { margin: .4rem 0; }
main, .masthead, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.5rem; }
main > section, main > .variants > section { margin: 3.25rem 0; }
.skip { position: absolute; left: -999px; top: 0; background: var(--paper); padding: .75rem 1rem; z-index: 9; }
.skip:focus { left: .5rem; top: .5rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.soft, .how, .unit, .reads, .kicker, .lead, .tally, caption { color: var(--ink-soft); }
.masthead { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; padding-top: 1.1rem; padding-bottom: .9rem; font-size: .9rem; }
.masthead .brand { font-weight: 700; letter-spacing: -.01em; color: var(--ink); text-decoration: none; }
.masthead nav { margin-left: auto; }
.masthead ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; margin: 0; padding: 0; }
footer { border-top: 1px solid var(--rule-soft); padding-top: 1rem; padding-bottom: 2.5rem; font-size: .85rem; color: var(--ink-soft); }`;

const verdictColours = `
.v-pass { --v: var(--ok); --v-soft: var(--ok-soft); } .v-fail { --v: var(--bad); --v-soft: var(--bad-soft); } .v-warn { --v: var(--warn); --v-soft: var(--warn-soft); }
.v-inconclusive { --v: var(--unknown); --v-soft: var(--unknown-soft); } .v-notApplicable { --v: var(--none); --v-soft: var(--panel); }
.icon { width: 1.15em; height: 1.15em; vertical-align: -.2em; margin-right: .4em; flex: none; }
.icon .fill { fill: var(--v); } .icon .mark { fill: none; stroke: var(--mark); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.icon .hollow { fill: none; stroke: var(--v); stroke-width: 1.6; } .icon .dash { stroke: var(--v); stroke-width: 2; }
.badge { color: var(--v); font-weight: 600; white-space: nowrap; }`;

const banner = `
main > section.banner { margin: .25rem 0 1.75rem; padding: 1.2rem 1.9rem 1.1rem; background: var(--v-soft); border-top: 5px solid var(--v); display: flex; gap: 2rem; justify-content: space-between; }
.banner .kicker { font-size: .85rem; margin: 0 0 .35rem; }
.banner h1 { font-size: 1.05rem; display: flex; flex-wrap: wrap; align-items: baseline; gap: .1rem .8rem; font-family: inherit; }
.verdict-word { color: var(--v); font-size: 2.1rem; line-height: 1.15; font-weight: 700; letter-spacing: -.02em; white-space: nowrap; }
.banner .subject { font-size: 1.15rem; font-weight: 500; }
.sentence { font-size: 1.42rem; line-height: 1.32; margin: .55rem 0 .6rem; max-width: 46rem; text-wrap: pretty; overflow-wrap: anywhere; }
.next { max-width: 46rem; } .next strong { display: block; font-size: .8rem; color: var(--v); letter-spacing: .01em; }
.tally { font-size: .9rem; margin: .6rem 0 0; }
.grade { flex: none; width: 9.5rem; text-align: center; }
.letter { font-size: 4.6rem; line-height: 1; margin: .3rem auto .6rem; width: 6.5rem; height: 6.5rem; display: grid; place-items: center; border: 3px solid var(--v); border-radius: 50%; color: var(--v); font-weight: 600; padding-bottom: .06em; }
.grade details { font-size: .82rem; } .grade details p { text-align: left; }
summary { cursor: pointer; color: var(--link); }`;

const tables = `
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; font-size: .88rem; padding: 0 0 .5rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .9rem .5rem 0; border-bottom: 1px solid var(--rule-soft); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-size: .8rem; color: var(--ink-soft); border-bottom: 1px solid var(--rule); vertical-align: bottom; }
.number { text-align: right; white-space: nowrap; }
section > .scroll + .scroll, section > details + details, section > .scroll + details { margin-top: 1.4rem; }
.criteria th[scope=row] { min-width: 18rem; width: 100%; font-weight: 550; } .criteria td:nth-child(n+3) { padding-left: .7rem; }
.criteria tr.v-fail > :first-child { box-shadow: inset 3px 0 0 var(--v); } .criteria td:first-child { padding-left: .8rem; } .criteria th:first-child { padding-left: .8rem; }
.criteria tr.v-fail .number, .criteria tr.v-warn .number { font-weight: 600; } .criteria tr.v-fail td.margin { color: var(--bad); }
.others { margin-top: .7rem; font-size: .9rem; } .others ul { margin: .4rem 0; padding-left: 1.2rem; }
.criteria tr.explained > * { border-bottom: 0; padding-bottom: .1rem; } .criteria .detail td { padding-top: 0; } .criteria .detail .why:first-child, .criteria .detail p.how { margin-top: 0; }
.how { display: block; font-size: .82rem; font-weight: 400; } p.how { margin: .1rem 0 0; }
.why { font-size: .9rem; font-weight: 400; margin: .3rem 0 0; max-width: 52rem; }
.number .how { white-space: normal; }
.quote { font-family: ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; font-size: .85em; background: var(--panel); padding: .1em .35em; quotes: none; overflow-wrap: anywhere; }
.meter { display: block; width: 90px; height: 10px; margin: .3rem 0 0 auto; } .meter .rail { fill: var(--rule-soft); } .meter .bar { fill: var(--v); } .meter .tick { stroke: var(--ink); stroke-width: 1.4; fill: none; }
.examples { margin: .3rem 0 0; padding-left: 1.1rem; font-size: .85rem; }
.log-lines, .events { list-style: none; padding: 0; margin: .6rem 0; font-size: .86rem; } .log-lines li { padding: .15rem 0; }
.at { display: inline-block; min-width: 4.5rem; color: var(--ink-soft); }
.reproduce { background: var(--panel); padding: .7rem 1rem; margin-bottom: 1.4rem; } .reproduce p { margin: 0; font-size: .85rem; color: var(--ink-soft); } pre { margin: .2rem 0 0; white-space: pre-wrap; }`;

const charts = `
.lead { max-width: 46rem; } .scripted { display: none; } .js .scripted { display: inline; }
.events { columns: 19rem; column-gap: 2rem; }
.events li { break-inside: avoid; }
.track-holder { position: sticky; top: 0; z-index: 2; background: var(--paper); padding: .4rem 0 .2rem; border-bottom: 1px solid var(--rule-soft); }
.track { display: block; width: 100%; } .track .name { font-size: 11.5px; fill: var(--ink); text-anchor: middle; }
.track .phase { fill: var(--paper); stroke: var(--rule); stroke-width: .8; } .track .p-warmup { fill: var(--hatch); } .track .p-burst { fill: var(--burst); } .track .p-rest { fill: var(--band); } .track .fault { fill: var(--fault); } .track .step { fill: var(--ink-soft); } .track .s-failed { fill: var(--bad); } .track .window { fill: none; stroke: var(--ink); stroke-width: 1.6; }
.chart { padding: 1.5rem 0 .4rem; }
.chart > header { display: flex; flex-wrap: wrap; gap: .1rem 1.5rem; align-items: baseline; justify-content: space-between; }
.unit { font-weight: 400; font-size: .85rem; margin-left: .25rem; }
.reads { font-size: .88rem; margin: .1rem 0 .4rem; max-width: 52rem; }
.legend { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; font-size: .86rem; }
.swatch { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin-right: .45em; background: var(--c); }
.swatch.line { height: 0; width: 1.3em; border-radius: 0; background: none; border-top: 2.5px solid var(--c); vertical-align: .28em; } .swatch.dashed { border-top-style: dashed; }
.legend output { margin-left: .4em; font-weight: 650; } .legend output:empty { display: none; }
${['blue', 'pale', 'orange', 'teal', 'purple', 'gold', 'red', 'grey'].map((name) => `.c-${name} { --c: var(--${name}); }`).join(' ')}
.canvas { position: relative; } .plot { display: block; width: 100%; height: auto; overflow: visible; } .plot text { paint-order: stroke; } .plot text, .track text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; }
.overlay { position: absolute; inset: 0; width: 100%; height: 100%; overflow: hidden; cursor: crosshair; touch-action: pan-x pan-y; } .overlay .cross { stroke: var(--ink); stroke-width: 1; stroke-opacity: .55; } .overlay .selection { fill: var(--link); fill-opacity: .16; } .overlay text { font: 11px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink-soft); text-anchor: middle; } .overlay .sheet { fill: var(--paper); }
.tip { position: fixed; z-index: 5; pointer-events: none; background: var(--paper); color: var(--ink); border: 1px solid var(--rule); box-shadow: 0 3px 14px rgb(0 0 0 / .16); padding: .4rem .65rem; font-size: .84rem; line-height: 1.45; border-radius: 4px; max-width: 20rem; } .tip b { display: block; } .tip[hidden] { display: none; } .tip .swatch { margin-right: .4em; } .tip i { font-style: normal; font-weight: 650; float: right; margin-left: 1rem; }
.reset { position: fixed; right: 1.25rem; bottom: 1.25rem; z-index: 6; font: inherit; font-size: .9rem; padding: .5rem .9rem; border: 0; border-radius: 5px; background: var(--ink); color: var(--paper); cursor: pointer; } .reset[hidden] { display: none; } .save { margin: 1.2rem .8rem 0 0; font: inherit; font-size: .9rem; padding: .45rem .8rem; border: 1px solid var(--rule); border-radius: 5px; background: var(--panel); color: var(--ink); cursor: pointer; }
.chart + .scroll { margin-top: 1.3rem; } .spectrum .plot { min-width: 44rem; }
.figures { font-size: .84rem; margin-left: 4.4%; } .figures summary { display: inline-block; } .figures table { margin-top: .4rem; }`;

const side = `
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .6rem 1.6rem; }
.panel h4 { font-size: .88rem; font-weight: 600; margin: .5rem 0 .1rem; } .panel h4 .soft { font-weight: 400; margin-left: .35em; }
.variant-details { margin: .8rem 0; } .variant-details > summary { font-weight: 600; } .variant-details section { margin: 1.2rem 0; }
.tale { max-width: 46rem; display: grid; grid-template-columns: 7.5rem 1fr; gap: .5rem 1rem; margin: 0; } .tale dt { font-weight: 650; } .tale dd { margin: 0; }
.changed { font-weight: 650; background: var(--warn-soft); }
.grid .v-pass .badge { color: inherit; font-weight: 400; } .grid .v-notApplicable .badge { font-weight: 400; }
.matrix td, .matrix th { vertical-align: middle; } .matrix th[scope=row] { font-weight: 600; } .matrix .letter-cell { font: 600 1.3rem ui-serif, Georgia, serif; }
.spark { width: 120px; height: 26px; display: block; margin-left: auto; }`;

const media = `
@media (max-width: 44rem) {
  main, .masthead, footer { padding-left: 1rem; padding-right: 1rem; } .masthead nav { margin-left: 0; }
  main > section.banner { display: block; padding: 1.2rem 1.1rem; margin-left: -1rem; margin-right: -1rem; } .sentence { font-size: 1.2rem; } .verdict-word { font-size: 1.7rem; }
  .grade { width: auto; text-align: left; margin-top: 1rem; } .letter { width: 4.2rem; height: 4.2rem; font-size: 2.6rem; margin: 0 0 .5rem; }
  .criteria thead { position: absolute; clip-path: inset(50%); } .criteria tr { display: grid; grid-template-columns: 1fr 1fr; border-bottom: 1px solid var(--rule-soft); padding: .6rem 0 .6rem .8rem; } .criteria tr.v-fail { box-shadow: inset 3px 0 0 var(--v); }
  .criteria tr.v-fail > :first-child { box-shadow: none; } .criteria th, .criteria td { border: 0; padding: .1rem 0 !important; } .criteria th[scope=row], .criteria td:first-child { grid-column: 1 / -1; min-width: 0; }
  .criteria .detail td[colspan] { grid-column: 1 / -1; } .criteria .detail td:first-child { display: none; } .criteria .explained { border-bottom: 0; padding-bottom: 0; } .criteria .detail { padding-top: 0; }
  .criteria td.number { text-align: left; white-space: normal; } .criteria td.number::before { content: attr(data-name) " "; color: var(--ink-soft); font-weight: 400; font-size: .82rem; display: block; } .meter { margin-left: 0; }
  .panel .plot text { font-size: 15px; }
  .story { overflow-x: auto; margin: 0 -1rem; padding: 0 1rem; } .story > * { min-width: 46rem; } .track-holder { position: static; } .tale { grid-template-columns: 1fr; gap: 0; } .tale dd { margin-bottom: .6rem; }
}
@media print {
  @page { margin: 14mm; } html { font-size: 9pt; } .scroll { overflow: visible; } .criteria th[scope=row] { min-width: 0; } th, td { padding-right: .6rem; } .meter { width: 60px; } .masthead nav, .skip, .save, .reset, .tip, .overlay, .scripted, .figures { display: none !important; }
  main, .masthead, footer { max-width: none; padding: 0; } .track-holder { position: static; } .chart, tr, .panel { break-inside: avoid; } h2, h3, caption { break-after: avoid; } a { color: inherit; text-decoration: none; } main > section { margin: 1.4rem 0; }
  .banner, .swatch, .plot, .track, .meter, .icon { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}`;

export const style = [
  `:root {${variables.light}\n}`,
  `@media screen and (prefers-color-scheme: dark) { :root {${variables.dark}\n} }`,
  base,
  verdictColours,
  banner,
  tables,
  charts,
  side,
  media,
]
  .join('\n')
  .replace(/\n\s*/g, '\n');
