// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * What the page can do with scripts: values under a cross-hair that stands at the same instant in all charts, and zoom.
 * The page is whole without it. Self-contained: the page carries this function's source.
 */
export function pageScript() {
  /**
   * @typedef {{title: string, colour: string, dash: string | null, values: (number | null)[]}} Series
   * @typedef {{id: string, step: number, seconds: number, bottom: number, top: number, log: boolean, unit: string, stack: Series[], lines: Series[],
   *   limits: {value: number, kind: string}[], spans: {from: number, until: number, fill: string, opacity: number}[]}} Chart
   * @typedef {Chart & {canvas: HTMLElement, plot: SVGSVGElement, overlay: SVGSVGElement, sheet: SVGGElement, cross: SVGLineElement,
   *   selection: SVGRectElement, outputs: HTMLOutputElement[], box: number[], ordered: Series[]}} Live
   */
  const space = 'http://www.w3.org/2000/svg';
  /** @type {Live[]} */
  let charts = [];
  let view = { from: 0, until: 1 };
  let length = 1;
  /** @type {number | null} */
  let cursor = null;

  /** @param {string} name @param {Record<string, string | number>} attributes @returns {any} */
  const shape = (name, attributes = {}) => {
    const element = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    return element;
  };
  /** @param {string} name @param {string} className @param {string} text */
  const element = (name, className, text = '') => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };
  const tip = element('div', 'tip');
  const reset = /** @type {HTMLButtonElement} */ (element('button', 'reset', 'Show all of it'));
  const spoken = element('div', 'hidden');

  /** @param {number} seconds */
  const clock = (seconds) => {
    if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
    const whole = Math.floor(seconds);
    const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
    return whole < 3600
      ? `${Math.floor(whole / 60)}:${two(whole % 60)} min`
      : `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)} h`;
  };
  /** @param {number | null | undefined} value */
  const figure = (value) =>
    value === null || value === undefined
      ? '–'
      : Math.abs(value) >= 100
        ? Math.round(value).toLocaleString('en-GB')
        : String(Number(value.toPrecision(3)));
  /** @param {Live} chart @param {number} seconds */
  const x = (chart, seconds) => chart.box[0] + ((seconds - view.from) / (view.until - view.from)) * chart.box[2];
  /** @param {Live} chart @param {number} value */
  const y = (chart, value) => {
    const { bottom, top, log } = chart;
    const kept = Math.max(bottom, Math.min(value, top));
    return chart.box[1] + chart.box[3] * (1 - (log ? Math.log(kept / bottom) / Math.log(top / bottom) : kept / top));
  };
  /** @param {Live} chart @param {number} seconds */
  const indexAt = (chart, seconds) =>
    Math.max(0, Math.min(Math.ceil(chart.seconds / chart.step) - 1, Math.floor(seconds / chart.step)));

  /** @param {number | null} seconds */
  const point = (seconds) => {
    cursor = seconds;
    for (const chart of charts) {
      const inside = seconds !== null && seconds >= view.from && seconds <= view.until;
      chart.cross.setAttribute('visibility', inside ? 'visible' : 'hidden');
      if (seconds !== null && inside) {
        const at = x(chart, seconds);
        chart.cross.setAttribute('x1', String(at));
        chart.cross.setAttribute('x2', String(at));
      }
      for (const [index, output] of chart.outputs.entries()) {
        output.textContent =
          inside && seconds !== null ? figure(chart.ordered[index]?.values[indexAt(chart, seconds)]) : '';
      }
    }
  };

  /** @param {Live} chart @param {number} left @param {number} top */
  const showTip = (chart, left, top) => {
    if (cursor === null) return;
    const index = indexAt(chart, cursor);
    tip.replaceChildren(
      element('b', '', clock(cursor)),
      ...chart.ordered.map((series) => {
        const row = element('div', '');
        row.append(
          element('span', `swatch c-${series.colour}`),
          series.title,
          element('i', '', figure(series.values[index])),
        );
        return row;
      }),
    );
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${left + 18 + width > innerWidth ? left - width - 18 : left + 18}px`;
    tip.style.top = `${Math.max(4, Math.min(innerHeight - height - 4, top - height / 2))}px`;
  };

  /** @param {Live} chart @param {(index: number) => [number, number] | null} edge first and last y of a bucket */
  const outline = (chart, edge) => {
    const from = indexAt(chart, view.from);
    const until = indexAt(chart, view.until);
    let path = '';
    /** @type {[number, number, number][]} */
    let run = [];
    const close = () => {
      if (run.length === 0) return;
      path += `M${run.map(([at, , high]) => `${at.toFixed(1)},${high.toFixed(1)}`).join('L')}L${run
        .toReversed()
        .map(([at, low]) => `${at.toFixed(1)},${low.toFixed(1)}`)
        .join('L')}Z`;
      run = [];
    };
    for (let index = from; index <= until; index += 1) {
      const ends = edge(index);
      if (ends === null) close();
      else run.push([x(chart, (index + 0.5) * chart.step), ends[0], ends[1]]);
    }
    close();
    return path;
  };

  /** @param {Live} chart */
  const stackShapes = (chart) => {
    const base = new Float64Array(Math.ceil(chart.seconds / chart.step) + 1);
    return chart.stack.map((series) => {
      const path = outline(chart, (index) => {
        const value = series.values[index];
        if (value === undefined) return null;
        const low = base[index] ?? 0;
        base[index] = low + (value ?? 0);
        return [y(chart, low), y(chart, base[index] ?? 0)];
      });
      return shape('path', { d: path, fill: `var(--${series.colour})`, opacity: 0.88 });
    });
  };

  /** @param {Live} chart @param {Series} series */
  const lineShape = (chart, series) => {
    let path = '';
    let pen = 'M';
    for (let index = indexAt(chart, view.from); index <= indexAt(chart, view.until); index += 1) {
      const value = series.values[index];
      if (value === null || value === undefined) pen = 'M';
      else {
        path += `${pen}${x(chart, (index + 0.5) * chart.step).toFixed(1)},${y(chart, value).toFixed(1)}`;
        pen = 'L';
      }
    }
    return shape('path', {
      d: path,
      fill: 'none',
      stroke: `var(--${series.colour})`,
      'stroke-width': 1.8,
      'stroke-dasharray': series.dash ?? 'none',
    });
  };

  /** @param {Live} chart */
  const tickShapes = (chart) => {
    const span = view.until - view.from;
    const step =
      [0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].find(
        (candidate) => span / candidate <= chart.box[2] / 75,
      ) ?? 7200;
    const shapes = [];
    for (let at = Math.ceil(view.from / step) * step; at <= view.until; at += step) {
      const label = shape('text', { x: x(chart, at), y: chart.box[1] + chart.box[3] + 16 });
      label.textContent = clock(at).replace(' min', '');
      shapes.push(label);
    }
    return shapes;
  };

  /** @param {Live} chart */
  const drawZoomed = (chart) => {
    const [left, top, width, height] = chart.box;
    const clip = shape('svg', {
      x: left,
      y: top - 6,
      width,
      height: height + 6,
      viewBox: `${left} ${top - 6} ${width} ${height + 6}`,
    });
    clip.append(
      ...chart.spans.map(({ from, until, fill, opacity }) =>
        shape('rect', {
          x: x(chart, from),
          y: top,
          width: Math.max(1, x(chart, until) - x(chart, from)),
          height,
          fill: `var(--${fill})`,
          opacity,
        }),
      ),
      ...stackShapes(chart),
      ...chart.lines.map((series) => lineShape(chart, series)),
      ...chart.limits.map(({ value, kind }) =>
        shape('line', {
          x1: left,
          x2: left + width,
          y1: y(chart, value),
          y2: y(chart, value),
          stroke: `var(--${kind === 'bound' ? 'bound' : 'ink-soft'})`,
          'stroke-dasharray': kind === 'bound' ? 'none' : '1 3',
        }),
      ),
    );
    chart.sheet.replaceChildren(
      shape('rect', { class: 'sheet', x: left - 1, y: 0, width: width + 20, height: top + height + 30 }),
      clip,
      ...tickShapes(chart),
    );
  };

  /** Shows on the strip of phases which part is drawn. @param {boolean} whole */
  const frameTracks = (whole) => {
    for (const track of document.querySelectorAll('svg.track')) {
      track.querySelector('.window')?.remove();
      const box = charts[0]?.box ?? [0, 0, 1, 1];
      if (!whole)
        track.append(
          shape('rect', {
            class: 'window',
            x: box[0] + (view.from / length) * box[2],
            width: ((view.until - view.from) / length) * box[2],
            y: 1,
            height: 29,
          }),
        );
    }
  };

  /** @param {number} from @param {number} until */
  const zoom = (from, until) => {
    const least = Math.max(0.5, 4 * (charts[0]?.step ?? 1));
    const middle = (from + until) / 2;
    const half = Math.max(least, until - from) / 2;
    view = { from: Math.max(0, middle - half), until: Math.min(length, middle + half) };
    const whole = view.from <= 0 && view.until >= length;
    reset.hidden = whole;
    tip.hidden = true;
    frameTracks(whole);
    for (const chart of charts) {
      if (whole) chart.sheet.replaceChildren();
      else drawZoomed(chart);
    }
    point(cursor);
  };

  /** @param {Live} chart @param {PointerEvent} event */
  const secondsAt = (chart, event) => {
    const area = chart.overlay.getBoundingClientRect();
    const unit = (event.clientX - area.left) * (chart.overlay.viewBox.baseVal.width / area.width);
    const share = Math.max(0, Math.min(1, (unit - chart.box[0]) / chart.box[2]));
    return view.from + share * (view.until - view.from);
  };

  /** @param {Live} chart */
  const listenPointer = (chart) => {
    /** @type {number | null} */
    let start = null;
    chart.overlay.addEventListener('pointerdown', (event) => {
      if (event.pointerType === 'touch' || event.button !== 0) return;
      start = secondsAt(chart, event);
      chart.overlay.setPointerCapture(event.pointerId);
    });
    chart.overlay.addEventListener('pointermove', (event) => {
      const now = secondsAt(chart, event);
      point(now);
      showTip(chart, event.clientX, event.clientY);
      if (start === null) return;
      chart.selection.setAttribute('x', String(Math.min(x(chart, start), x(chart, now))));
      chart.selection.setAttribute('width', String(Math.abs(x(chart, start) - x(chart, now))));
    });
    const end = (/** @type {PointerEvent} */ event) => {
      const from = start;
      start = null;
      chart.selection.setAttribute('width', '0');
      if (from === null || event.type !== 'pointerup') return;
      const now = secondsAt(chart, event);
      if (Math.abs(x(chart, from) - x(chart, now)) > 8) zoom(Math.min(from, now), Math.max(from, now));
    };
    chart.overlay.addEventListener('pointerup', end);
    chart.overlay.addEventListener('pointercancel', end);
    chart.overlay.addEventListener('pointerleave', () => {
      tip.hidden = true;
      if (start === null) point(null);
    });
  };

  /** @param {Live} chart */
  const say = (chart) => {
    if (cursor === null) return;
    const index = indexAt(chart, cursor);
    spoken.textContent = `${clock(cursor)}: ${chart.ordered.map((series) => `${series.title} ${figure(series.values[index])}`).join(', ')}`;
  };

  /** @param {Live} chart @param {KeyboardEvent} event */
  const pressed = (chart, event) => {
    const step = chart.step * (event.shiftKey ? 10 : 1);
    const at = cursor ?? (view.from + view.until) / 2;
    const quarter = (view.until - view.from) / 4;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowRight: () => point(Math.min(view.until, at + step)),
      ArrowLeft: () => point(Math.max(view.from, at - step)),
      Home: () => point(view.from),
      End: () => point(view.until - chart.step / 2),
      '+': () => zoom(at - quarter, at + quarter),
      '-': () => zoom(at - quarter * 4, at + quarter * 4),
      0: () => zoom(0, length),
      Escape: () => {
        zoom(0, length);
        point(null);
      },
    };
    const action = keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
    say(chart);
  };

  /** @param {Chart} chart @returns {Live[]} */
  const enliven = (chart) => {
    const canvas = document.getElementById(`${chart.id}-canvas`);
    const plot = /** @type {SVGSVGElement | null} */ (canvas?.querySelector('svg.plot') ?? null);
    if (canvas === null || plot === null) return [];
    const box = (plot.dataset.box ?? '').split(' ').map(Number);
    const overlay = shape('svg', {
      class: 'overlay',
      viewBox: plot.getAttribute('viewBox') ?? '',
      'aria-hidden': 'true',
    });
    const sheet = shape('g');
    const cross = shape('line', {
      class: 'cross',
      y1: box[1] ?? 0,
      y2: (box[1] ?? 0) + (box[3] ?? 0),
      visibility: 'hidden',
    });
    const selection = shape('rect', { class: 'selection', y: box[1] ?? 0, height: box[3] ?? 0, width: 0 });
    overlay.append(sheet, selection, cross);
    // The picture's own title would pop up as a browser tooltip beside ours.
    const title = plot.querySelector('title');
    plot.setAttribute('aria-label', title?.textContent ?? '');
    plot.removeAttribute('aria-labelledby');
    title?.remove();
    canvas.append(overlay);
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'group');
    canvas.setAttribute(
      'aria-label',
      `${plot.getAttribute('aria-label')}: arrow keys read values, plus and minus zoom, Escape shows all`,
    );
    const legend = (canvas.closest('.panel') ?? canvas.closest('.chart'))?.querySelectorAll('.legend output') ?? [];
    const outputs = /** @type {HTMLOutputElement[]} */ ([...legend]);
    const live = {
      ...chart,
      canvas,
      plot,
      overlay,
      sheet,
      cross,
      selection,
      outputs,
      box,
      ordered: [...chart.lines, ...chart.stack.toReversed()],
    };
    listenPointer(live);
    canvas.addEventListener('keydown', (event) => pressed(live, event));
    return [live];
  };

  /** One row per value: what a spreadsheet or a script of the reader's own needs. @param {Chart[]} data */
  const csvOf = (data) => {
    // A name that a spreadsheet would run as a formula is text.
    const cell = (/** @type {string} */ value) => `"${value.replace(/^[=+@-]/, "'$&").replaceAll('"', '""')}"`;
    const rows = data.flatMap((chart) =>
      [...chart.lines, ...chart.stack].flatMap((series) =>
        series.values.flatMap((value, index) =>
          value === null
            ? []
            : [[cell(chart.id), cell(series.title), cell(chart.unit), (index + 0.5) * chart.step, value].join(',')],
        ),
      ),
    );
    return `chart,series,unit,second,value\n${rows.join('\n')}\n`;
  };

  /** @param {string} words @param {string} name @param {string} type @param {() => string} textOf */
  const offer = (words, name, type, textOf) => {
    const button = /** @type {HTMLButtonElement} */ (element('button', 'save', words));
    button.type = 'button';
    button.addEventListener('click', () => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([textOf()], { type }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
    document.getElementById('provenance')?.append(button);
  };

  /** @param {{charts: Chart[], run: object}} data */
  const start = (data) => {
    charts = data.charts.flatMap(enliven);
    length = charts.reduce((most, chart) => Math.max(most, chart.seconds), 1);
    view = { from: 0, until: length };
    tip.hidden = true;
    reset.hidden = true;
    reset.type = 'button';
    spoken.setAttribute('aria-live', 'polite');
    reset.addEventListener('click', () => zoom(0, length));
    document.querySelector('main')?.append(tip, reset, spoken);
    offer('Save this page’s data as JSON', 'pgsurge-page.json', 'application/json', () => JSON.stringify(data));
    if (charts.length > 0)
      offer('Save the series of all charts as CSV', 'pgsurge-series.csv', 'text/csv', () => csvOf(data.charts));
    for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('a[data-at]'))) {
      link.addEventListener('click', () => point(Number(link.dataset.at)));
    }
    document.documentElement.classList.add('js');
  };

  const packed = document.getElementById('series')?.textContent;
  if (!packed || typeof DecompressionStream === 'undefined') return;
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).json().then(start);
}
