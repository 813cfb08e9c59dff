/* The innermost loops of ideal points: passes over the votes cast, and over nothing else.

   A vote is one number: twice the place of its other side, plus one for a yes. Seen from the motions the other side is a
   point; seen from the points it is a motion. Points (rows of 1, x1, ..., xd) and items (rows of a, b1, ..., bd) meet
   in the latent utility u = a + b x, on which a yes has the chance Phi(u). `rollcall_votes.py` has the same in NumPy. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#define MOST 4 /* dimensions and the constant */
#define LOW (-16.0)
#define HIGH 10.0
#define FINE 64
enum { NODES = 26 * FINE + 1 }; /* from LOW to HIGH */

/* -- the normal distribution ------------------------------------------------------------------------------------- */

typedef struct { double log_cdf, hazard, slope; } Node;
static Node node[NODES];

static double far_hazard(double t) { /* phi(t) / Phi(t) far below zero: Laplace's continued fraction */
  double x = -t, found = x;
  for (int level = 24; level > 0; level--) found = x + level / found;
  return found;
}

static double exact_log_cdf(double t) {
  return t < -5.0 ? -0.5 * t * t - 0.91893853320467274178 - log(far_hazard(t)) : log1p(-0.5 * erfc(t * M_SQRT1_2));
}

/* phi / Phi at t, and log Phi into logs: cubic between nodes from values and slopes, within 1e-9 */
static inline double hazard(double t, double *logs) {
  if (__builtin_expect(t >= HIGH, 0)) { *logs = 0.0; return 0.0; }
  if (__builtin_expect(t < LOW, 0)) { *logs = exact_log_cdf(t); return far_hazard(t); }
  double place = (t - LOW) * FINE;
  int at = (int)place;
  double f = place - at, g = 1.0 - f, ff = f * f, gg = g * g, fl = gg * (1 + 2 * f), fr = ff * (1 + 2 * g);
  const Node *l = node + at, *r = l + 1;
  *logs = fl * l->log_cdf + fr * r->log_cdf + (gg * f * l->hazard - ff * g * r->hazard) * (1.0 / FINE);
  return fl * l->hazard + fr * r->hazard + gg * f * l->slope - ff * g * r->slope;
}

/* -- random numbers: xoshiro256++ (Blackman & Vigna 2019), ziggurat normals (Marsaglia & Tsang 2000) ------------- */

typedef struct { uint64_t s[4]; } Random;
#define LAYERS 256
static double edge[LAYERS + 1], height[LAYERS + 1];

static inline uint64_t turned(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static inline uint64_t next(Random *random) {
  uint64_t *s = random->s, found = turned(s[0] + s[3], 23) + s[0], t = s[1] << 17;
  s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = turned(s[3], 45);
  return found;
}

static inline double uniform(Random *random) { return ((next(random) >> 11) + 0.5) * 0x1.0p-53; }

static inline double normal(Random *random) {
  for (;;) {
    uint64_t bits = next(random);
    int layer = bits & (LAYERS - 1);
    double sign = bits & LAYERS ? 1.0 : -1.0, x = (bits >> 11) * 0x1.0p-53 * edge[layer];
    if (x < edge[layer + 1]) return sign * x;
    if (layer == 0) { /* the tail */
      double a, b;
      do { a = -log(uniform(random)) / edge[1]; b = -log(uniform(random)); } while (2 * b < a * a);
      return sign * (edge[1] + a);
    }
    if (height[layer] + uniform(random) * (height[layer + 1] - height[layer]) < exp(-0.5 * x * x)) return sign * x;
  }
}

/* a standard normal above `least` (Robert 1995) */
static inline double normal_above(double least, Random *random) {
  double x;
  if (least < 0.45) {
    do x = normal(random); while (x < least);
    return x;
  }
  double rate = 0.5 * (least + sqrt(least * least + 4));
  do x = least - log(uniform(random)) / rate; while (uniform(random) > exp(-0.5 * (x - rate) * (x - rate)));
  return x;
}

/* a gamma variate of rate 1 and a shape of at least 1 (Marsaglia & Tsang 2000) */
static double gamma_variate(double shape, Random *random) {
  double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
  for (;;) {
    double x = normal(random), v = 1.0 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    if (log(uniform(random)) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
  }
}

void prepare(void) {
  static int done;
  if (done) return;
  for (int at = 0; at < NODES; at++) {
    double t = LOW + (double)at / FINE, logs = exact_log_cdf(t);
    double h = t < -5.0 ? far_hazard(t) : exp(-0.5 * t * t - 0.91893853320467274178 - logs);
    node[at] = (Node){logs, h, -h * (t + h) / FINE};
  }
  double area = 0.00492867323399, last = 3.6541528853610088;
  edge[0] = area / exp(-0.5 * last * last);
  edge[1] = last;
  for (int at = 1; at < LAYERS; at++) {
    height[at] = exp(-0.5 * edge[at] * edge[at]);
    edge[at + 1] = at == LAYERS - 1 ? 0.0 : sqrt(-2 * log(area / edge[at] + height[at]));
  }
  edge[LAYERS] = 0.0;
  height[LAYERS] = 1.0;
  done = 1;
}

/* -- passes over votes ------------------------------------------------------------------------------------------- */

typedef struct { /* the votes of all blocks: motions or points */
  int64_t blocks;
  const int64_t *start; /* blocks + 1 */
  const int32_t *code;
  const double *line; /* how each vote's utility is pulled, or none */
  const uint8_t *mid; /* where abstaining stands between yes and no: which votes are abstentions, */
  const double *half; /* and each motion's half width: a yes needs a utility above it, a no one below its negative */
  int of_blocks;      /* whether the blocks are the motions */
} Votes;

/* -- abstaining as the middle of three ---------------------------------------------------------------------------- */

/* The log chance that u and a standard normal error lie within -c and c; its slope and bend in u (r, w as below), and
   its slope and bend in c where `in_c` has room for them. */
static double interval(double u, double c, double *r, double *w, double *in_c) {
  double far = fabs(u), near_end, far_end;
  hazard(c - far, &near_end);
  hazard(-c - far, &far_end);
  double logs = near_end + log(-expm1(far_end - near_end));
  double low = exp(-0.5 * (c + u) * (c + u) - 0.91893853320467274178 - logs);
  double high = exp(-0.5 * (c - u) * (c - u) - 0.91893853320467274178 - logs);
  double bent = (c + u) * low + (c - u) * high;
  *r = low - high;
  *w = *r * *r + bent;
  if (in_c) { in_c[0] = low + high; in_c[1] = -bent - in_c[0] * in_c[0]; }
  return logs;
}

/* A standard normal between two bounds (Robert 1995). */
static double normal_between(double low, double high, Random *random) {
  double x, best = low > 0 ? low : high < 0 ? high : 0.0;
  if (high - low > 2.5 && low < 1.0 && high > -1.0) {
    do x = normal(random); while (x < low || x > high);
    return x;
  }
  if (low > 1.0 || high < -1.0) {
    double sign = low > 0 ? 1.0 : -1.0, from = low > 0 ? low : -high, to = low > 0 ? high : -low;
    if (to - from > 1.0 / from) {
      do x = normal_above(from, random); while (x > to);
      return sign * x;
    }
  }
  do x = low + (high - low) * uniform(random); while (log(uniform(random)) > 0.5 * (best * best - x * x));
  return x;
}

static double ordered_sums(const Votes *votes, int64_t block, int width, const double *own, const double *other,
                           Random *random, double *slope, double *product) {
  double total = 0.0;
  memset(slope, 0, sizeof(double) * width);
  memset(product, 0, sizeof(double) * width * width);
  for (int64_t at = votes->start[block]; at < votes->start[block + 1]; at++) {
    int64_t place = votes->code[at] >> 1;
    const double *z = other + place * width;
    double sign = votes->code[at] & 1 ? 1.0 : -1.0, u = 0.0, r, w = 1.0, logs = 0.0;
    double c = votes->half[votes->of_blocks ? block : place];
    for (int a = 0; a < width; a++) u += own[a] * z[a];
    if (random) r = votes->mid[at] ? normal_between(-c - u, c - u, random) : sign * normal_above(c - sign * u, random);
    else if (votes->mid[at]) logs = interval(u, c, &r, &w, 0);
    else {
      double t = sign * u - c, h = hazard(t, &logs);
      r = sign * h;
      w = h * (h + t);
    }
    total += logs;
    for (int a = 0; a < width; a++) {
      slope[a] += z[a] * r;
      for (int b = 0; b <= a; b++) product[a * width + b] += w * z[a] * z[b];
    }
  }
  return total;
}

/* Log chances of one block at a half width (with `c` below 0 at each motion's own); slope and bend in it, if asked. */
static double ordered_chances(const Votes *votes, int64_t block, int width, const double *own, const double *other,
                              double c, double *in_c) {
  double total = 0.0, logs, r, w, here[2];
  for (int64_t at = votes->start[block]; at < votes->start[block + 1]; at++) {
    int64_t place = votes->code[at] >> 1;
    const double *z = other + place * width;
    double sign = votes->code[at] & 1 ? 1.0 : -1.0, u = 0.0;
    double wide = c >= 0 ? c : votes->half[votes->of_blocks ? block : place];
    for (int a = 0; a < width; a++) u += own[a] * z[a];
    if (votes->mid[at]) logs = interval(u, wide, &r, &w, here);
    else {
      double t = sign * u - wide, h = hazard(t, &logs);
      here[0] = -h;
      here[1] = -h * (h + t);
    }
    total += logs;
    if (in_c) { in_c[0] += here[0]; in_c[1] += here[1]; }
  }
  return total;
}

/* Half widths given all else, where somebody abstained (elsewhere they are 0): a Newton step, or a random walk of their
   logarithm. Their prior is exponential with mean 1. */
static void halves_pass(const Votes *votes, int width, const double *items, const double *points, double *half,
                        Random *random) {
  for (int64_t item = 0; item < votes->blocks; item++) {
    double c = half[item], in_c[2] = {0}, length = 1.0;
    const double *own = items + item * width;
    if (c <= 0) continue;
    double before = ordered_chances(votes, item, width, own, points, c, in_c) - c;
    if (random) {
      int64_t middle = 0;
      for (int64_t at = votes->start[item]; at < votes->start[item + 1]; at++) middle += votes->mid[at];
      double tried = c * exp(2.4 * normal(random) / sqrt(middle + 1.0));
      double odds = ordered_chances(votes, item, width, own, points, tried, 0) - tried - before + log(tried / c);
      if (odds >= 0 || uniform(random) < exp(odds)) half[item] = tried;
      continue;
    }
    double step = -(in_c[0] - 1.0) / fmin(in_c[1], -1e-9);
    for (int turn = 0; turn < 20; turn++, length *= 0.5) {
      double tried = c + length * step;
      if (tried > 0 && ordered_chances(votes, item, width, own, points, tried, 0) - tried >= before) {
        half[item] = tried;
        break;
      }
    }
  }
}

/* One block: sums of z r (slope), w z z' (product) and log chances, where z is the other side's row. With a stream of
   random numbers r is a draw of the latent utility's residual and w is 1; without, r and w are the slope of the log
   chance in the utility and its curvature. */
static inline __attribute__((always_inline)) double sums(const Votes *votes, int64_t block, const int width,
                                                         const double *own, const double *other, double pull,
                                                         Random *random, double *slope, double *product) {
  double total = 0.0, along[MOST] = {0}, curved[MOST * MOST] = {0}, here[MOST];
  for (int a = 0; a < width; a++) here[a] = own[a];
  for (int64_t at = votes->start[block]; at < votes->start[block + 1]; at++) {
    int32_t code = votes->code[at];
    const double *z = other + (int64_t)(code >> 1) * width;
    double sign = code & 1 ? 1.0 : -1.0, u = votes->line ? pull * votes->line[at] : 0.0, r, w = 1.0, logs;
    for (int a = 0; a < width; a++) u += here[a] * z[a];
    double t = sign * u;
    if (random) r = sign * normal_above(-t, random);
    else {
      double h = hazard(t, &logs);
      r = sign * h;
      w = h * (h + t);
      total += logs;
    }
    for (int a = 0; a < width; a++) {
      along[a] += z[a] * r;
      for (int b = 0; b <= a; b++) curved[a * width + b] += w * z[a] * z[b];
    }
  }
  for (int a = 0; a < width; a++) slope[a] = along[a];
  for (int a = 0; a < width * width; a++) product[a] = curved[a];
  return total;
}

static double block_sums(const Votes *votes, int64_t block, int width, const double *own, const double *other,
                         double pull, Random *random, double *slope, double *product) {
  if (votes->half) return ordered_sums(votes, block, width, own, other, random, slope, product);
  if (width == 2 && random) return sums(votes, block, 2, own, other, pull, random, slope, product);
  if (width == 2 && !votes->line) return sums(votes, block, 2, own, other, 0.0, 0, slope, product);
  if (width == 2) return sums(votes, block, 2, own, other, pull, 0, slope, product);
  return sums(votes, block, width, own, other, pull, random, slope, product);
}

static inline __attribute__((always_inline)) double chances(const Votes *votes, int64_t block, const int width,
                                                            const double *own, const double *other, double pull,
                                                            double *along) {
  double total = 0.0, logs;
  for (int64_t at = votes->start[block]; at < votes->start[block + 1]; at++) {
    int32_t code = votes->code[at];
    const double *z = other + (int64_t)(code >> 1) * width;
    double sign = code & 1 ? 1.0 : -1.0, u = votes->line ? pull * votes->line[at] : 0.0;
    for (int a = 0; a < width; a++) u += own[a] * z[a];
    double h = hazard(sign * u, &logs);
    total += logs;
    if (along) {
      along[0] += votes->line[at] * sign * h;
      along[1] += votes->line[at] * votes->line[at] * h * (h + sign * u);
    }
  }
  return total;
}

/* The log chances of one block. */
static double block_chances(const Votes *votes, int64_t block, int width, const double *own, const double *other,
                            double pull) {
  if (votes->half) return ordered_chances(votes, block, width, own, other, -1.0, 0);
  if (width == 2 && !votes->line) return chances(votes, block, 2, own, other, 0.0, 0);
  return chances(votes, block, width, own, other, pull, 0);
}

/* Go a step, or as much of it as does not lessen the log posterior: `before` at `own`, with this prior. */
static void climb(const Votes *votes, int64_t block, int width, double *own, const double *step, const double *other,
                  double pull, double before, const double *mean, const double *precision) {
  double tried[MOST], length = 1.0;
  for (int turn = 0; turn < 20; turn++, length *= 0.5) {
    double prior = 0.0;
    for (int a = 0; a < width; a++) {
      tried[a] = own[a] + length * step[a];
      prior -= 0.5 * precision[a] * (tried[a] - mean[a]) * (tried[a] - mean[a]);
    }
    if (block_chances(votes, block, width, tried, other, pull) + prior >= before) {
      for (int a = 0; a < width; a++) own[a] = tried[a];
      return;
    }
  }
}

/* Lower Cholesky root of a positive matrix (its lower half), in place; gives half its log determinant. */
static double take_root(double *matrix, int width, int size) {
  double logs = 0.0;
  for (int a = 0; a < size; a++) {
    for (int b = 0; b <= a; b++) {
      double sum = matrix[a * width + b];
      for (int c = 0; c < b; c++) sum -= matrix[a * width + c] * matrix[b * width + c];
      matrix[a * width + b] = a == b ? sqrt(sum) : sum / matrix[b * width + b];
    }
    logs += log(matrix[a * width + a]);
  }
  return logs;
}

/* With root r: r x = values, and r' x = values, in place. */
static void forward(const double *root, double *values, int width, int size) {
  for (int a = 0; a < size; a++) {
    for (int c = 0; c < a; c++) values[a] -= root[a * width + c] * values[c];
    values[a] /= root[a * width + a];
  }
}

static void backward(const double *root, double *values, int width, int size) {
  for (int a = size - 1; a >= 0; a--) {
    for (int c = a + 1; c < size; c++) values[a] -= root[c * width + a] * values[c];
    values[a] /= root[a * width + a];
  }
}

/* Solve product x = slope in place for x; with random numbers add a draw of N(0, inverse of product). */
static void solve(double *product, double *slope, int width, int size, Random *random) {
  take_root(product, width, size);
  forward(product, slope, width, size);
  if (random) for (int a = 0; a < size; a++) slope[a] += normal(random);
  backward(product, slope, width, size);
}

/* Items given points, with a normal prior of mean 0 and these precisions: drawn, or climbed by a Newton step. */
static double items_pass(const Votes *votes, int width, double *items, const double *points, double pull,
                         const double *precision, Random *random) {
  double total = 0.0, nothing[MOST] = {0};
  for (int64_t item = 0; item < votes->blocks; item++) {
    double *own = items + item * width, slope[MOST], product[MOST * MOST], prior = 0.0;
    double logs = block_sums(votes, item, width, own, points, pull, random, slope, product);
    for (int a = 0; a < width; a++) {
      product[a * width + a] += precision[a];
      slope[a] -= precision[a] * own[a];
      prior -= 0.5 * precision[a] * own[a] * own[a];
    }
    solve(product, slope, width, width, random);
    if (random) for (int a = 0; a < width; a++) own[a] += slope[a];
    else climb(votes, item, width, own, slope, points, pull, logs + prior, nothing, precision);
    total += logs;
  }
  return total;
}

typedef struct { /* chains of points: a member's points follow each other as a random walk, or lie on a line */
  int64_t chains;
  const int64_t *start;               /* first point of each chain, chains + 1 */
  const double *mean, *variance;      /* prior of a chain's first point, in each dimension */
  const double *drift;                /* variance of the step that leads to each point; that to a first one is not used */
  const double *time;                 /* where points lie on lines: when, around the chain's middle, and by one clock; */
  const double *clock;                /* both in units in which slopes have a prior of variance 1 */
  double *held;                       /* room for three numbers a point */
} Chains;

/* The log prior of a point of a chain, given the one before it. */
static inline double chain_prior(const Chains *chains, int64_t chain, int64_t point, const double *own, int width) {
  int64_t is_first = point == chains->start[chain];
  double away = *own - (is_first ? chains->mean[chain] : own[-width]);
  return -0.5 * away * away / (is_first ? chains->variance[chain] : chains->drift[point]);
}

/* A chain's points on their way from `held[2]` to where they stand now: as far as the log posterior is not lessened. */
static void climb_chain(const Votes *votes, int width, double *points, const double *items, double pull,
                        const Chains *chains, int64_t chain, double before) {
  int64_t first = chains->start[chain], after = chains->start[chain + 1];
  for (int turn = 0; turn < 20; turn++) {
    double now = 0.0;
    for (int64_t point = first; point < after; point++)
      now += block_chances(votes, point, width, points + point * width, items, pull) +
             chain_prior(chains, chain, point, points + point * width + 1, width);
    if (now >= before) return;
    for (int64_t point = first; point < after; point++) {
      double *own = points + point * width + 1;
      *own = 0.5 * (*own + chains->held[3 * point + 2]);
    }
  }
  for (int64_t point = first; point < after; point++) points[point * width + 1] = chains->held[3 * point + 2];
}

/* A chain of several points, in one dimension: what later votes tell is gathered from its end backwards, and its points
   are drawn, or told, from its beginning on. */
static void chain_pass(const Votes *votes, int width, double *points, const double *items, double pull,
                       const Chains *chains, int64_t chain, Random *random) {
  int64_t first = chains->start[chain], after = chains->start[chain + 1];
  double before = 0.0, slope[MOST], product[MOST * MOST];
  for (int64_t point = first; point < after; point++) {
    double *own = points + point * width, *held = chains->held + 3 * point;
    before += block_sums(votes, point, width, own, items, pull, random, slope, product) +
              chain_prior(chains, chain, point, own + 1, width);
    held[0] = product[width + 1];                     /* precision that the votes give */
    held[1] = slope[1] + product[width + 1] * own[1]; /* the same times what they tell */
    held[2] = own[1];
  }
  for (int64_t point = after - 1; point > first; point--) {
    double *held = chains->held + 3 * point, shrunk = 1.0 + chains->drift[point] * held[0];
    held[-3] += held[0] / shrunk;
    held[-2] += held[1] / shrunk;
  }
  for (int64_t point = first; point < after; point++) {
    double *held = chains->held + 3 * point, *own = points + point * width;
    double prior = 1.0 / (point == first ? chains->variance[chain] : chains->drift[point]);
    double from = point == first ? chains->mean[chain] : own[1 - width], precision = held[0] + prior;
    own[1] = (held[1] + prior * from) / precision + (random ? normal(random) / sqrt(precision) : 0.0);
  }
  if (!random) climb_chain(votes, width, points, items, pull, chains, chain, before);
}

/* -- points on a line: level + slope time ------------------------------------------------------------------------- */

/* The line of a chain of two points or more, as they stand. */
static inline void read_line(const Chains *chains, int64_t chain, const double *points, int width, double *line) {
  int64_t first = chains->start[chain], last = chains->start[chain + 1] - 1;
  double from = points[first * width + 1], to = points[last * width + 1];
  line[1] = last > first ? (to - from) / (chains->time[last] - chains->time[first]) : 0.0;
  line[0] = from - line[1] * chains->time[first];
}

static inline void put_line(const Chains *chains, int64_t chain, double *points, int width, const double *line) {
  for (int64_t point = chains->start[chain]; point < chains->start[chain + 1]; point++)
    points[point * width + 1] = line[0] + line[1] * chains->time[point];
}

static double line_prior(const Chains *chains, int64_t chain, const double *line) {
  double away = line[0] - chains->mean[chain];
  return -0.5 * (away * away / chains->variance[chain] + line[1] * line[1]);
}

/* What the votes of a chain and the prior of its line tell at `line`, where its points are put: slope and product of
   Newton's step; gives the log posterior. */
static double line_sums(const Votes *votes, int width, double *points, const double *items, double pull,
                        const Chains *chains, int64_t chain, const double *line, Random *random, double *slope,
                        double *product) {
  double total = line_prior(chains, chain, line), along[MOST], curved[MOST * MOST];
  put_line(chains, chain, points, width, line);
  slope[0] = -(line[0] - chains->mean[chain]) / chains->variance[chain];
  slope[1] = -line[1];
  product[0] = 1.0 / chains->variance[chain];
  product[2] = 0.0;
  product[3] = 1.0;
  for (int64_t point = chains->start[chain]; point < chains->start[chain + 1]; point++) {
    double time = chains->time[point];
    total += block_sums(votes, point, width, points + point * width, items, pull, random, along, curved);
    slope[0] += along[1];
    slope[1] += time * along[1];
    product[0] += curved[width + 1];
    product[2] += time * curved[width + 1];
    product[3] += time * time * curved[width + 1];
  }
  return total;
}

/* A line given items: drawn, or climbed by a Newton step. */
static void line_pass(const Votes *votes, int width, double *points, const double *items, double pull,
                      const Chains *chains, int64_t chain, Random *random) {
  double line[2], tried[2], step[2], product[4], length = 1.0;
  read_line(chains, chain, points, width, line);
  double before = line_sums(votes, width, points, items, pull, chains, chain, line, random, step, product);
  solve(product, step, 2, 2, random);
  for (int turn = 0; turn < 20; turn++, length *= 0.5) {
    for (int a = 0; a < 2; a++) tried[a] = line[a] + length * step[a];
    put_line(chains, chain, points, width, tried);
    if (random) return;
    double now = line_prior(chains, chain, tried);
    for (int64_t point = chains->start[chain]; point < chains->start[chain + 1]; point++)
      now += block_chances(votes, point, width, points + point * width, items, pull);
    if (now >= before) return;
  }
  put_line(chains, chain, points, width, line);
}

/* Points given items: drawn, or climbed by a Newton step. */
static void points_pass(const Votes *votes, int width, double *points, const double *items, double pull,
                        const Chains *chains, Random *random) {
  for (int64_t chain = 0; chain < chains->chains; chain++) {
    int64_t point = chains->start[chain];
    if (chains->start[chain + 1] - point > 1) {
      (chains->time ? line_pass : chain_pass)(votes, width, points, items, pull, chains, chain, random);
      continue;
    }
    double sure = 1.0 / chains->variance[chain], mean = chains->mean[chain], *own = points + point * width;
    double means[MOST] = {0}, sures[MOST] = {0}, slope[MOST], product[MOST * MOST], inner[MOST * MOST];
    double step[MOST] = {0}, logs = block_sums(votes, point, width, own, items, pull, random, slope, product);
    for (int a = 1; a < width; a++) {
      for (int b = 1; b <= a; b++) inner[(a - 1) * width + b - 1] = product[a * width + b];
      inner[(a - 1) * width + a - 1] += sure;
      step[a] = slope[a] - sure * (own[a] - mean);
      logs -= 0.5 * sure * (own[a] - mean) * (own[a] - mean);
      means[a] = mean;
      sures[a] = sure;
    }
    solve(inner, step + 1, width, width - 1, random);
    if (random) for (int a = 1; a < width; a++) own[a] += step[a];
    else climb(votes, point, width, own, step, items, pull, logs, means, sures);
  }
}

/* What a block's votes and prior tell at `own`: log posterior, Newton's step, root of the precision, its log det. */
typedef struct { double worth, logdet, step[MOST], root[MOST * MOST]; } Told;

static void tell(const Votes *votes, int64_t block, int width, int from, const double *own, const double *other,
                 const double *mean, const double *precision, Told *told) {
  double slope[MOST], product[MOST * MOST];
  int size = width - from;
  told->worth = block_sums(votes, block, width, own, other, 0.0, 0, slope, product);
  for (int a = from; a < width; a++) {
    double away = own[a] - mean[a];
    told->worth -= 0.5 * precision[a] * away * away;
    told->step[a - from] = slope[a] - precision[a] * away;
    for (int b = from; b <= a; b++) told->root[(a - from) * width + b - from] = product[a * width + b];
    told->root[(a - from) * width + a - from] += precision[a];
  }
  told->logdet = take_root(told->root, width, size);
  forward(told->root, told->step, width, size);
  backward(told->root, told->step, width, size);
}

/* The log odds to go a step `gone` that was proposed with this noise, from what is told here and there. */
static double log_odds(const Told *here, const Told *there, const double *gone, const double *noise, int width,
                       int size) {
  double odds = there->worth - here->worth + there->logdet - here->logdet;
  for (int a = 0; a < size; a++) {
    double along = 0.0;
    for (int c = a; c < size; c++) along -= there->root[c * width + a] * (gone[c] + there->step[c]);
    odds += 0.5 * (noise[a] * noise[a] - along * along);
  }
  return odds;
}

/* Metropolis & Hastings with a proposal around Newton's step (Gamerman 1997). */
static void propose(const Votes *votes, int64_t block, int width, int from, double *own, const double *other,
                    const double *mean, const double *precision, Random *random) {
  Told here, there;
  double tried[MOST] = {0}, noise[MOST] = {0}, gone[MOST];
  int size = width - from;
  tell(votes, block, width, from, own, other, mean, precision, &here);
  for (int a = 0; a < size; a++) noise[a] = gone[a] = normal(random);
  backward(here.root, gone, width, size);
  for (int a = 0; a < from; a++) tried[a] = own[a];
  for (int a = 0; a < size; a++) tried[from + a] = own[from + a] + (gone[a] += here.step[a]);
  tell(votes, block, width, from, tried, other, mean, precision, &there);
  double odds = log_odds(&here, &there, gone, noise, width, size);
  if (odds >= 0 || uniform(random) < exp(odds)) memcpy(own, tried, sizeof(double) * width);
}

/* The same for a chain whose points lie on a line. */
static void line_tell(const Votes *votes, int width, double *points, const double *items, const Chains *chains,
                      int64_t chain, const double *line, Told *told) {
  told->worth = line_sums(votes, width, points, items, 0.0, chains, chain, line, 0, told->step, told->root);
  told->logdet = take_root(told->root, 2, 2);
  forward(told->root, told->step, 2, 2);
  backward(told->root, told->step, 2, 2);
}

static void propose_line(const Votes *votes, int width, double *points, const double *items, const Chains *chains,
                         int64_t chain, Random *random) {
  Told here, there;
  double line[2], tried[2], noise[2], gone[2];
  read_line(chains, chain, points, width, line);
  line_tell(votes, width, points, items, chains, chain, line, &here);
  for (int a = 0; a < 2; a++) noise[a] = gone[a] = normal(random);
  backward(here.root, gone, 2, 2);
  for (int a = 0; a < 2; a++) tried[a] = line[a] + (gone[a] += here.step[a]);
  line_tell(votes, width, points, items, chains, chain, tried, &there);
  double odds = log_odds(&here, &there, gone, noise, 2, 2);
  if (odds < 0 && uniform(random) >= exp(odds)) put_line(chains, chain, points, width, line);
}

/* A sweep of such proposals: items, then points, each given those before and after it in its chain. */
static void proposal_sweep(const Votes *by_motion, const Votes *by_point, int width, double *items, double *points,
                           const double *precision, const Chains *chains, Random *random) {
  double means[MOST] = {0}, sures[MOST] = {0};
  for (int64_t item = 0; item < by_motion->blocks; item++)
    propose(by_motion, item, width, 0, items + item * width, points, means, precision, random);
  for (int64_t chain = 0; chain < chains->chains; chain++) {
    if (chains->time && chains->start[chain + 1] - chains->start[chain] > 1) {
      propose_line(by_point, width, points, items, chains, chain, random);
      continue;
    }
    for (int64_t point = chains->start[chain]; point < chains->start[chain + 1]; point++) {
      double *own = points + point * width;
      int is_first = point == chains->start[chain], is_last = point + 1 == chains->start[chain + 1];
      double from = 1.0 / (is_first ? chains->variance[chain] : chains->drift[point]);
      double to = is_last ? 0.0 : 1.0 / chains->drift[point + 1];
      for (int a = 1; a < width; a++) {
        sures[a] = from + to;
        means[a] = (from * (is_first ? chains->mean[chain] : own[a - width]) + (is_last ? 0.0 : to * own[a + width])) /
                   sures[a];
      }
      propose(by_point, point, width, 1, own, items, means, sures, random);
    }
  }
}

/* One round, items and then points; gives the log-likelihood before it. */
double ascend(int64_t motions, const int64_t *motion_start, const int32_t *motion_code, const uint8_t *motion_mid,
               const double *motion_line, int64_t n_points, const int64_t *point_start, const int32_t *point_code,
               const uint8_t *point_mid, const double *point_line, double *half, int width, double *items, double *points, double pull, const double *precision, int64_t n_chains,
               const int64_t *chain_start, const double *mean, const double *variance, const double *drift,
               const double *time, const double *clock, double *held) {
  Votes by_motion = {motions, motion_start, motion_code, motion_line, motion_mid, half, 1};
  Votes by_point = {n_points, point_start, point_code, point_line, point_mid, half, 0};
  Chains chains = {n_chains, chain_start, mean, variance, drift, time, clock, held};
  double logs = items_pass(&by_motion, width, items, points, pull, precision, 0);
  if (half) halves_pass(&by_motion, width, items, points, half, 0);
  points_pass(&by_point, width, points, items, pull, &chains, 0);
  return logs;
}

/* Over all votes of the motions: log chances, and where lines pull their slope and curvature in the pull. */
void likelihood(int64_t motions, const int64_t *start, const int32_t *code, const uint8_t *mid, const double *line,
                const double *half, int width, const double *items, const double *points, double pull, double *found) {
  Votes votes = {motions, start, code, line, mid, half, 1};
  found[0] = found[1] = found[2] = 0.0;
  for (int64_t item = 0; item < motions; item++)
    found[0] += half ? ordered_chances(&votes, item, width, items + item * width, points, -1.0, 0)
                     : chances(&votes, item, width, items + item * width, points, pull, line ? found + 1 : 0);
}

/* Shift and stretch points and items together, which leaves every chance as it is: drawn exactly, and by slice sampling
   (Neal 2003), from the prior along that line (Liu & Sabatti 2000). */
static void group_moves(int64_t motions, int64_t n_points, int width, double *items, double *points,
                        const double *precision, const Chains *chains, Random *random) {
  double line[2];
  for (int axis = 1; axis < width; axis++) {
    double sure = 0.0, toward = 0.0, walk = 0.0, first_squares = 0.0, first_along = 0.0, slopes = 0.0;
    double free = -(double)motions;
    for (int64_t chain = 0; chain < chains->chains; chain++) {
      double x = points[chains->start[chain] * width + axis], weight = 1.0 / chains->variance[chain];
      if (chains->time) {
        read_line(chains, chain, points, width, line);
        x = line[0];
      }
      sure += weight;
      toward += weight * (chains->mean[chain] - x);
    }
    for (int64_t item = 0; item < motions; item++) {
      double a = items[item * width], b = items[item * width + axis];
      sure += precision[0] * b * b;
      toward += precision[0] * a * b; /* points moved by c: a becomes a - b c */
    }
    double shift = toward / sure + normal(random) / sqrt(sure);
    for (int64_t point = 0; point < n_points; point++) points[point * width + axis] += shift;
    for (int64_t item = 0; item < motions; item++) {
      double b = items[item * width + axis];
      items[item * width] -= b * shift;
      slopes += precision[axis] * b * b;
    }
    for (int64_t chain = 0; chain < chains->chains; chain++) {
      int64_t first = chains->start[chain], after = chains->start[chain + 1];
      double x = points[first * width + axis];
      free += (double)(chains->time && after - first > 2 ? 2 : after - first);
      if (chains->time) {
        read_line(chains, chain, points, width, line);
        x = line[0];
        walk += line[1] * line[1];
        after = first;
      }
      first_squares += x * x / chains->variance[chain];
      first_along += x * chains->mean[chain] / chains->variance[chain];
      for (int64_t point = first + 1; point < after; point++) {
        double step = points[point * width + axis] - points[(point - 1) * width + axis];
        walk += step * step / chains->drift[point];
      }
    }
    double size = first_squares + walk, at = 0.0, reach = 0.1;
#define LOGS(l) (free * (l) - 0.5 * size * exp(2 * (l)) + first_along * exp(l) - 0.5 * slopes * exp(-2 * (l)))
    for (int turn = 0; turn < 3; turn++) {
      double level = LOGS(at) + log(uniform(random)), low = at - reach * uniform(random), high = low + reach, tried;
      while (LOGS(low) > level) low -= reach;
      while (LOGS(high) > level) high += reach;
      for (;;) {
        tried = low + uniform(random) * (high - low);
        if (LOGS(tried) > level) break;
        if (tried < at) low = tried; else high = tried;
      }
      at = tried;
    }
#undef LOGS
    double stretch = exp(at);
    for (int64_t point = 0; point < n_points; point++) points[point * width + axis] *= stretch;
    for (int64_t item = 0; item < motions; item++) items[item * width + axis] /= stretch;
  }
}

/* All lines made steeper together, and constants to fit them, which leaves every chance as it is. */
static void tilt(const Votes *by_motion, int width, double *items, double *points, const double *precision,
                 const Chains *chains, Random *random) {
  double sure = 0.0, toward = 0.0, line[2];
  for (int64_t chain = 0; chain < chains->chains; chain++) {
    int64_t first = chains->start[chain];
    double middle = chains->clock[first] - chains->time[first], weight = 1.0 / chains->variance[chain];
    read_line(chains, chain, points, width, line);
    sure += middle * middle * weight;
    toward += middle * weight * (chains->mean[chain] - line[0]);
    if (chains->start[chain + 1] - first > 1) { sure += 1.0; toward -= line[1]; }
  }
  for (int64_t item = 0; item < by_motion->blocks; item++) {
    int64_t first = by_motion->start[item];
    double along = 0.0;
    if (first < by_motion->start[item + 1]) along = items[item * width + 1] * chains->clock[by_motion->code[first] >> 1];
    sure += precision[0] * along * along;
    toward += precision[0] * along * items[item * width];
  }
  double steeper = toward / sure + normal(random) / sqrt(sure);
  for (int64_t point = 0; point < chains->start[chains->chains]; point++)
    points[point * width + 1] += steeper * chains->clock[point];
  for (int64_t item = 0; item < by_motion->blocks; item++) {
    int64_t first = by_motion->start[item];
    if (first < by_motion->start[item + 1])
      items[item * width] -= items[item * width + 1] * steeper * chains->clock[by_motion->code[first] >> 1];
  }
}

/* The precision of the items' prior, given the items: one for constants, one for all slopes, so that no direction is
   set apart. A precision's own prior is exponential with mean 1. */
static void draw_precision(int64_t motions, int width, const double *items, double *precision, Random *random) {
  double constants = 0.0, slopes = 0.0;
  for (int64_t item = 0; item < motions; item++) {
    const double *own = items + item * width;
    constants += own[0] * own[0];
    for (int a = 1; a < width; a++) slopes += own[a] * own[a];
  }
  precision[0] = gamma_variate(1.0 + 0.5 * motions, random) / (1.0 + 0.5 * constants);
  precision[1] = gamma_variate(1.0 + 0.5 * motions * (width - 1), random) / (1.0 + 0.5 * slopes);
  for (int a = 2; a < width; a++) precision[a] = precision[1];
}

/* Sampling from where points and items stand: `kept` draws, each after `thin` sweeps. Most sweeps propose; every fourth
   draws latent utilities (Albert & Chib 1993), which moves slowly, and never stands still.
   learn: whether the items' precision is drawn too. state: four numbers of the random stream, as it goes on. */
void sample(int64_t motions, const int64_t *motion_start, const int32_t *motion_code, const uint8_t *motion_mid,
           int64_t n_points, const int64_t *point_start, const int32_t *point_code, const uint8_t *point_mid,
           double *half, int width, double *items, double *points, double *precision, int learn, int64_t n_chains,
           const int64_t *chain_start, const double *mean, const double *variance, const double *drift,
           const double *time, const double *clock, double *held, uint64_t *state, int64_t kept, int64_t thin,
           double *point_draws, double *item_draws, double *half_draws) {
  Votes by_motion = {motions, motion_start, motion_code, 0, motion_mid, half, 1};
  Votes by_point = {n_points, point_start, point_code, 0, point_mid, half, 0};
  Chains chains = {n_chains, chain_start, mean, variance, drift, time, clock, held};
  Random random;
  memcpy(random.s, state, sizeof random.s);
  for (int64_t draw = 0; draw < kept; draw++) {
    for (int64_t sweep = 0; sweep < thin; sweep++) {
      if ((draw * thin + sweep) % 4 == 3) {
        items_pass(&by_motion, width, items, points, 0.0, precision, &random);
        points_pass(&by_point, width, points, items, 0.0, &chains, &random);
      } else
        proposal_sweep(&by_motion, &by_point, width, items, points, precision, &chains, &random);
      if (half) halves_pass(&by_motion, width, items, points, half, &random);
      if (learn) draw_precision(motions, width, items, precision, &random);
      group_moves(motions, n_points, width, items, points, precision, &chains, &random);
      if (time) tilt(&by_motion, width, items, points, precision, &chains, &random);
    }
    if (point_draws) memcpy(point_draws + draw * n_points * width, points, sizeof(double) * n_points * width);
    if (half && half_draws) memcpy(half_draws + draw * motions, half, sizeof(double) * motions);
    if (item_draws) memcpy(item_draws + draw * motions * width, items, sizeof(double) * motions * width);
  }
  memcpy(state, random.s, sizeof random.s);
}

/* How many of these there are: normals of the ziggurat and above a bound, for a test of their distribution. */
void sample_normals(uint64_t *state, int64_t count, const double *least, double *found) {
  Random random;
  memcpy(random.s, state, sizeof random.s);
  for (int64_t at = 0; at < count; at++) found[at] = least ? normal_above(*least, &random) : normal(&random);
  memcpy(state, random.s, sizeof random.s);
}
