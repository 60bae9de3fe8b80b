// Ranking as in harness/matrix/ranking.py, term by term, so that page and command always agree.
// Weights and scores are lists in the order of the criteria; frameworks are sorted by name.

const MILLION = 1e6;

/** Return the weighted mean of one framework's scores, its interval and its known share. */
function totalOf(framework, weights) {
  let whole = 0, middle = 0, below = 0, above = 0, known = 0;
  weights.forEach((weight, i) => {
    const [low, mid, high, share] = framework.scores[i];
    whole += weight;
    middle += weight * mid;
    below += (weight * (mid - low)) ** 2;
    above += (weight * (high - mid)) ** 2;
    known += weight * share;
  });
  const mid = middle / whole;
  return {
    mid,
    low: Math.max(mid - Math.sqrt(below) / whole, 0),
    high: Math.min(mid + Math.sqrt(above) / whole, 1),
    known: known / whole,
  };
}

/** Return the score in millionths, so that rounding in the last bits makes no difference. */
function millionths(mid) {
  return Math.floor(mid * MILLION + 0.5);
}

/** Return a value of 0 to 1 in points of 100, rounded half up to a tenth. */
function tenths(value) {
  const tenth = Math.floor((millionths(value) + 500) / 1000);
  return `${Math.floor(tenth / 10)}.${tenth % 10}`;
}

/** Return all frameworks in order; those not distinguishable from the first are tied with it. */
function standings(frameworks, weights) {
  const all = frameworks.map((framework) => {
    const score = totalOf(framework, weights);
    return { framework, score, key: millionths(score.mid) };
  });
  const order = [...all].sort((a, b) => b.key - a.key); // stable: equals stay sorted by name
  const first = order[0]?.score;
  return order.map((each, i) => ({
    ...each,
    rank: 1 + all.filter((other) => other.key > each.key).length,
    tied: i > 0 && first.mid - each.score.mid
      <= Math.hypot(first.mid - first.low, each.score.high - each.score.mid),
  }));
}

/** Return the least weight to move from some criteria to one, so that another framework wins. */
function smallestMove(order, weights) {
  if (order[1]?.rank === 1) return { to: order[1].framework.name, points: 0, taken: [], onto: -1 };
  const found = order.slice(1)
    .map((each) => level(order[0].framework, each.framework, weights))
    .filter(Boolean)
    .sort((a, b) => a.points - b.points || (a.to < b.to ? -1 : 1));
  return found[0] ?? null;
}

function level(first, other, weights) {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const leads = weights.map((_, i) => first.scores[i][1] - other.scores[i][1]);
  let gap = leads.reduce((sum, lead, i) => sum + (weights[i] / whole) * lead, 0);
  const onto = leads.indexOf(Math.min(...leads));
  if (leads[onto] >= 0) return null; // at least as good in everything
  const taken = [];
  let points = 0;
  for (const i of leads.map((_, i) => i).sort((a, b) => leads[b] - leads[a])) {
    const closes = leads[i] - leads[onto];
    if (gap <= 0 || closes <= 0) break;
    const share = Math.min(weights[i] / whole, gap / closes);
    if (share > 0) {
      taken.push(i);
      points += share * 100;
      gap -= share * closes;
    }
  }
  return { to: other.name, points, taken, onto };
}

/** Return, for each criterion alone, the shares of the weight that keep the winner. */
function spans(order, weights) {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, i) => {
    const rest = weights.map((other, j) => (j === i ? 0 : other));
    const share = weight / whole;
    let low = 0, high = 1;
    if (order.length && rest.some((other) => other > 0)) {
      const first = order[0].framework;
      const own = totalOf(first, rest).mid;
      for (const { framework } of order.slice(1)) {
        const here = first.scores[i][1] - framework.scores[i][1];
        const elsewhere = own - totalOf(framework, rest).mid;
        if (here === elsewhere) continue; // its lead is the same with any share
        const even = elsewhere / (elsewhere - here);
        if (here > elsewhere && even > low) low = Math.min(even, share);
        else if (here < elsewhere && even < high) high = Math.max(even, share);
      }
    }
    return { share, low, high };
  });
}

/** Return the frameworks that violate a constraint, by name, with the reasons. */
function removals(frameworks, choices, asked) {
  const found = new Map();
  for (const { name } of frameworks) {
    const lacking = choices.filter((each) => asked.get(each.text) === "require" && Object.hasOwn(each.lacks, name))
      .map((each) => `--require ${each.text}: ${each.lacks[name]}`);
    const having = choices.filter((each) => asked.get(each.text) === "exclude" && !Object.hasOwn(each.lacks, name))
      .map((each) => `--exclude ${each.text}`);
    const reasons = [...lacking, ...having];
    if (reasons.length) found.set(name, reasons.join("; "));
  }
  return found;
}
