// Interactive selection: from weights and constraints to ranking and answer.

const LITTLE = 0.5; // as in harness/matrix/answer.py
const SETTLED_MS = 250; // pause after the last change before slow results and announcements

/** Set up one matrix of the page: its state, its inputs and its outputs. */
function matrix(root, data) {
  const all = (name) => [...root.querySelectorAll(`[data-${name}]`)];
  const one = (name) => root.querySelector(`[data-${name}]`);
  const sliders = all("slider"), selects = all("choice"), buttons = all("profile");
  const rows = new Map(all("framework").map((row) => [row.dataset.framework, row]));
  const start = scaled(data.weights);
  const ranked = data.frameworks.filter(({ name }) =>
    !has(data.removed, name) && !has(data.unranked, name));
  const asked = new Map();
  let weights = start, drawn = null, timer = 0;

  /** Show everything that is fast to compute: ranking, points, ranges. */
  function draw() {
    const out = removals(data.frameworks, data.choices, asked);
    const candidates = ranked.filter(({ name }) => !out.has(name));
    const order = weights.some((weight) => weight > 0) ? standings(candidates, weights) : [];
    const given = isStart() && out.size === 0;
    show(order);
    showWeights(order);
    showProfiles(candidates);
    showAside(out);
    showOthers(given);
    one("command").textContent = command();
    const found = { order, whose: whose(), candidates };
    one("answer").textContent = given ? data.sentence : sentence(found, null);
    showChances(given ? data.chances : {}, order);
    clearTimeout(timer);
    timer = setTimeout(() => settle(found, given), SETTLED_MS);
  }

  function show(order) {
    const body = one("standings");
    for (const row of rows.values()) row.hidden = true;
    order.forEach(({ framework, score, rank, tied }, i) => {
      const row = rows.get(framework.name);
      row.hidden = false;
      const cell = (name, text) => { row.querySelector(`[data-cell=${name}]`).textContent = text; };
      cell("rank", `${rank}.`);
      cell("points", tenths(score.mid));
      cell("tied", tied ? "=" : "");
      cell("range", `${tenths(score.low)}–${tenths(score.high)}`);
      cell("known", percent(score.known));
      for (const end of ["low", "mid", "high"]) row.style.setProperty(`--${end}`, score[end]);
      if (body.children[i] !== row) body.insertBefore(row, body.children[i]);
    });
  }

  function showWeights(order) {
    const ranges = weights.some((weight) => weight > 0) ? spans(order, weights) : [];
    sliders.forEach((slider, i) => {
      slider.value = weights[i];
      const line = slider.closest("[data-weight]");
      line.querySelector("output").textContent = shown(weights[i]);
      const range = ranges[i];
      line.querySelector("[data-stays]").textContent = range && order.length > 1
        ? `${tenths(range.share)}% of the weight; same winner at ${percent(range.low)}–${percent(range.high)}`
        : "";
    });
  }

  /** Mark the chosen profile, and show the winner of each profile. */
  function showProfiles(candidates) {
    for (const button of buttons) {
      const own = scaled(data.profiles[button.dataset.profile].weights);
      const first = standings(candidates, own).filter(({ rank }) => rank === 1);
      button.setAttribute("aria-pressed", String(same(own, weights)));
      button.querySelector("[data-winner]").textContent =
        first.map(({ framework }) => framework.name).join(", ") || "none";
    }
  }

  function showAside(out) {
    const list = one("aside");
    const reasons = { ...data.unranked, ...data.removed, ...Object.fromEntries(out) };
    const aside = data.frameworks.filter(({ name }) => has(reasons, name));
    list.replaceChildren(...aside.map((framework) => {
      const { name } = framework;
      const item = document.createElement("li"), strong = document.createElement("strong");
      strong.textContent = name;
      const removed = out.has(name) || has(data.removed, name);
      const total = removed || data.absent.includes(name) ? null : totalOf(framework, weights);
      const points = total && total.known > 0 ? `, ${tenths(total.mid)} points` : "";
      const role = has(data.roles, name) ? ` (${data.roles[name]})` : "";
      item.append(strong, `${role} ${removed ? "removed" : "not ranked"}${points}: ${reasons[name]}`);
      return item;
    }));
    one("asked").textContent = asked.size ? `${asked.size} set` : "none set";
  }

  /** Show the results of other methods for the initial weights, else a note in their place. */
  function showOthers(given) {
    for (const line of all("dissent")) line.hidden = !given;
    for (const line of all("unasked")) line.hidden = given;
  }

  function showChances(shares, order) {
    for (const { framework } of order) {
      const share = has(shares, framework.name) ? shares[framework.name].toFixed(2) : "…";
      rows.get(framework.name).querySelector("[data-cell=chance]").textContent = share;
    }
  }

  /** Compute the probabilities once the sliders rest, then update the answer for screen readers. */
  async function settle(found, given) {
    const mine = timer;
    if (!given && found.order.length) {
      drawn ??= new Map(data.frameworks.map((each, i) =>
        [each.name, drawnScores(each, i, data.uncertainty.draws)]));
      const scores = found.candidates.map(({ name }) => drawn.get(name));
      const work = chances(scores, weights, data.uncertainty);
      let step = work.next();
      while (!step.done) {
        await new Promise((resume) => { setTimeout(resume); });
        if (mine !== timer) return; // weights have changed since
        step = work.next();
      }
      const shares = Object.fromEntries(found.candidates.map(({ name }, i) => [name, step.value[i]]));
      showChances(shares, found.order);
      one("answer").textContent = sentence(found, shares);
    }
    const listed = found.order.map(({ framework, score, rank }) =>
      `${rank}. ${framework.name} ${tenths(score.mid)}`);
    one("said").textContent = `${one("answer").textContent} ${listed.join(", ")}`;
  }

  /** Return the answer, worded as by sentence() of harness/matrix/answer.py. */
  function sentence({ order, whose: name }, shares) {
    if (!weights.some((weight) => weight > 0)) return "All weights are 0: give one above 0.";
    if (!order.length) return `For ${name}: no framework is left to choose from.`;
    const first = order[0];
    let said = `For ${name}: ${first.framework.name}`;
    if (order.length === 1) said += ", because no other framework is left";
    else {
      const share = shares ? `, with probability ${shares[first.framework.name].toFixed(2)}` : "";
      said += `${share}; ${change(order)}`;
    }
    if (first.score.known < LITTLE) {
      said += `. Only ${percent(first.score.known)} of what these weights ask for is known of it`;
    }
    return `${said}.`;
  }

  function change(order) {
    const level = order.slice(1).filter(({ rank }) => rank === 1).map(({ framework }) => framework.name);
    if (level.length) return `${level.join(" and ")} ${level.length === 1 ? "has" : "have"} as many points`;
    const move = smallestMove(order, weights);
    if (!move) return "no other weights would change that";
    const titles = move.taken.map((i) => data.criteria[i].title);
    const last = titles.pop();
    const listed = titles.length ? `${titles.join(", ")} and ${last}` : last;
    return `${move.to} would win if ${tenths(move.points / 100)} of 100 points of weight went ` +
      `from ${listed} to ${data.criteria[move.onto].title}`;
  }

  function chosen() {
    return Object.keys(data.profiles).find((name) => same(scaled(data.profiles[name].weights), weights));
  }

  function isStart() {
    return same(weights, start);
  }

  function whose() {
    const name = chosen();
    if (name !== undefined) return data.profiles[name].title;
    return isStart() ? data.whose : "these weights";
  }

  /** Return the command that gives the same answer. */
  function command() {
    const name = chosen();
    const words = ["harness", "matrix", ...data.readings, "--mode", data.mode];
    if (name !== undefined) words.push("--profile", name);
    else data.criteria.forEach((each, i) => words.push("--weight", `${each.name}=${weights[i]}`));
    for (const { text } of data.choices) if (asked.has(text)) words.push(`--${asked.get(text)}`, text);
    return words.map(quoted).join(" ");
  }

  sliders.forEach((slider, i) => slider.addEventListener("input", () => {
    weights = weights.map((weight, j) => (i === j ? Number(slider.value) : weight));
    draw();
  }));
  for (const button of buttons) {
    button.addEventListener("click", () => {
      weights = scaled(data.profiles[button.dataset.profile].weights);
      draw();
    });
  }
  for (const select of selects) {
    select.addEventListener("change", () => {
      if (select.value) asked.set(select.dataset.choice, select.value);
      else asked.delete(select.dataset.choice);
      draw();
    });
  }
  one("reset").addEventListener("click", () => {
    weights = start;
    asked.clear();
    for (const select of selects) select.value = "";
    draw();
  });
  root.querySelector("form").hidden = false;
  showWeights(standings(ranked, weights));
  showProfiles(ranked);
  one("command").textContent = command();
}

/** Scale weights to a sum of 100, so that each fits on its slider. */
function scaled(weights) {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (weight * 100) / whole);
}

/** Return whether the object has its own key: names are foreign, and may be "constructor". */
function has(object, name) {
  return Object.hasOwn(object, name);
}

function same(some, others) {
  return some.every((weight, i) => Math.abs(weight - others[i]) < 1e-9);
}

function shown(weight) {
  return String(Math.round(weight * 10) / 10);
}

/** Format a share as Python's ".0%" does: halves are rounded to even. */
function percent(share) {
  const points = share * 100, whole = Math.floor(points), rest = points - whole;
  return `${whole + (rest > 0.5 || (rest === 0.5 && whole % 2 === 1))}%`;
}

/** Quote a word for a shell, if it needs quotes. */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
