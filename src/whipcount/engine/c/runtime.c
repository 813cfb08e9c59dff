/* The part of the compiled backend that is the same for every program: groups of runs, their steps, events.
 *
 * Several groups of 32 runs go through a step side by side. Where a part of a mechanism concerns few of their runs,
 * the lanes concerned are brought together into fewer groups, and what they wrote is taken back.
 */
#include <time.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

/* What Python passes; the same fields in the same order in backend.py. */
struct input { int32_t row, rows; const float *data; };

struct order {
    int64_t offset, runs, total; /* of these runs, within the arrays of all */
    int32_t steps, groups, inputs, tables, measures, mechanisms;
    const uint64_t *key, *increment;
    const struct input *input;
    const float *initial_numbers;
    const uint32_t *initial_masks;
    const float *statics;
    const uint32_t *static_masks;
    const float *const *table;
    const int32_t *table_rows;
    const struct sparse *matrix;
    const uint64_t *stream;
    const float *day;
    float *series;
    int64_t *spent;
    const struct chances *chances;
};

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* -- events and measures ------------------------------------------------------------------------------------------- */

#define MOST_EVENTS (1ll << 30)

static int grow(struct log *log, int64_t more) {
    int64_t room = log->room ? log->room : 2048;
    while (room < log->recorded + more) room *= 2;
    if (room == log->room) return 1;
    struct event *events = room > MOST_EVENTS ? NULL : realloc(log->events, (size_t)room * sizeof *events);
    if (!events) return 0;
    log->events = events;
    log->room = room;
    return 1;
}

static float value_of(struct numbers x, int e, int lane) {
    const int i = x.index ? x.index[e] : e;
    if (i < 0) return 0.0f;
    const float v = x.p[(int64_t)i * x.row + lane * x.lane];
    return v != v ? __builtin_nanf("") : v + 0.0f;
}

void record(struct thread *c, const struct group *g, uint32_t active, int verb, int rows, struct masks where,
            struct numbers value, struct numbers probability) {
    for (int e = 0; e < rows; e++) {
        for (uint32_t lanes = masks_at(where, e) & active; lanes && !c->failed; lanes &= lanes - 1) {
            const int lane = __builtin_ctz(lanes);
            struct log *log = c->log + (g->run[lane] - c->first_run) / LANES;
            if (log->recorded == log->room && !grow(log, 1)) {
                c->failed = 1;
                return;
            }
            struct event *new = log->events + log->recorded++;
            new->run = g->run[lane];
            new->step = c->step;
            new->verb = verb;
            new->entity = e;
            new->value = value.p ? value_of(value, e, lane) : 0.0f;
            new->probability = probability.p ? value_of(probability, e, lane) : __builtin_nanf("");
        }
    }
}

void measure(struct thread *c, const struct group *g, int first, int rows, struct numbers value) {
    const size_t size = (size_t)__builtin_popcount(g->valid) * sizeof(float);
    float *out = c->series + ((int64_t)c->step * c->measures + first) * c->series_runs + g->run[0];
    for (int e = 0; e < rows; e++, out += c->series_runs) {
        V row[HALVES];
        EACH_HALF(h) row[h / W] = canonical(numbers_at(value, e, h));
        memcpy(out, row, size);
    }
}

/* Sort by verb and entity, equal ones in the order in which they were recorded; nearly sorted on arrival. */
static void in_order(struct event *events, int64_t count) {
    for (int64_t i = 1; i < count; i++) {
        const struct event moved = events[i];
        int64_t at = i;
        for (; at > 0; at--) {
            const struct event *before = events + at - 1;
            if (before->verb < moved.verb || (before->verb == moved.verb && before->entity <= moved.entity)) break;
            events[at] = *before;
        }
        events[at] = moved;
    }
}

/* Append a group's events to those of earlier groups: run by run, in canonical order. A run's events were recorded step
 * after step. */
static int file_events(const struct log *from, struct log *to) {
    int64_t start[LANES + 1] = {0};
    if (!grow(to, from->recorded)) return 0;
    struct event *const events = to->events + to->recorded;
    for (int64_t i = 0; i < from->recorded; i++) start[from->events[i].run % LANES + 1]++;
    for (int lane = 0; lane < LANES; lane++) start[lane + 1] += start[lane];
    int64_t next[LANES];
    memcpy(next, start, sizeof next);
    for (int64_t i = 0; i < from->recorded; i++) events[next[from->events[i].run % LANES]++] = from->events[i];
    for (int lane = 0; lane < LANES; lane++)
        for (int64_t i = start[lane], until = i; i < start[lane + 1]; i = until) {
            while (until < start[lane + 1] && events[until].step == events[i].step) until++;
            in_order(events + i, until - i);
        }
    to->recorded += from->recorded;
    return 1;
}

/* -- lanes brought together ------------------------------------------------------------------------------------------ */

#if defined(__GNUC__) && !defined(__clang__)
#define THOROUGH __attribute__((noinline, optimize("O3")))
#else
#define THOROUGH __attribute__((noinline))
#endif
#define AHEAD 12 /* rows that are fetched before they are needed */

/* Lanes of one group that go to places `shift` and following of another. `move` are the five steps of compressing a
 * word's bits under a mask (Warren 2013, 7-4): bits of move[i] go 2^i places down. */
struct part {
    struct group *from;
    uint32_t lanes, move[5];
    int shift;
#if WIDE
    I there[2], back[2];         /* for each half, from which of 32 lanes each of its lanes comes */
    B there_here[2], back_here[2]; /* and which of its lanes do */
#endif
};

struct gathering {
    struct part part[LANES];
    int parts, count;
};

static void plan_bits(struct part *part) {
    uint32_t lanes = part->lanes, zeros = ~lanes << 1;
    for (int i = 0; i < 5; i++) {
        uint32_t parity = zeros ^ (zeros << 1);
        for (int k = 2; k < 32; k *= 2) parity ^= parity << k;
        part->move[i] = parity & lanes;
        lanes = (lanes ^ part->move[i]) | (part->move[i] >> (1 << i));
        zeros &= ~parity;
    }
}

static void plan_lanes(struct part *part) {
#if WIDE
    memset(part->there, 0, sizeof part->there);
    memset(part->back, 0, sizeof part->back);
    memset(part->there_here, 0, sizeof part->there_here);
    memset(part->back_here, 0, sizeof part->back_here);
    int to = part->shift;
    for (uint32_t rest = part->lanes; rest; rest &= rest - 1, to++) {
        const int from = __builtin_ctz(rest);
        part->there[to / W][to % W] = from;
        part->there_here[to / W] |= (B)(1 << to % W);
        part->back[from / W][from % W] = to;
        part->back_here[from / W] |= (B)(1 << from % W);
    }
#else
    (void)part;
#endif
}

static THOROUGH void gather_masks(const struct part *part, int from, int until, uint32_t *restrict to) {
    const uint32_t *restrict source = part->from->m, lanes = part->lanes;
    const uint32_t m0 = part->move[0], m1 = part->move[1], m2 = part->move[2], m3 = part->move[3], m4 = part->move[4];
    const int shift = part->shift;
    for (int r = from; r < until; r++) {
        uint32_t x = source[r] & lanes;
        x = (x & ~m0) | ((x & m0) >> 1);
        x = (x & ~m1) | ((x & m1) >> 2);
        x = (x & ~m2) | ((x & m2) >> 4);
        x = (x & ~m3) | ((x & m3) >> 8);
        x = (x & ~m4) | ((x & m4) >> 16);
        to[r] |= x << shift;
    }
}

static THOROUGH void return_masks(const struct part *part, int from, int until, const uint32_t *restrict source) {
    uint32_t *restrict to = part->from->m;
    const uint32_t lanes = part->lanes;
    const uint32_t m0 = part->move[0], m1 = part->move[1], m2 = part->move[2], m3 = part->move[3], m4 = part->move[4];
    const int shift = part->shift;
    for (int r = from; r < until; r++) {
        uint32_t x = source[r] >> shift;
        x = (x & ~m4) | ((x << 16) & m4);
        x = (x & ~m3) | ((x << 8) & m3);
        x = (x & ~m2) | ((x << 4) & m2);
        x = (x & ~m1) | ((x << 2) & m1);
        x = (x & ~m0) | ((x << 1) & m0);
        to[r] = (to[r] & ~lanes) | (x & lanes);
    }
}

static void gather_row(const struct gathering *w, int r, float *to) {
#if WIDE
    V low = {0}, high = {0};
    for (int p = 0; p < w->parts; p++) {
        const struct part *part = w->part + p;
        const float *from = part->from->f + r * LANES;
        __builtin_prefetch(from + AHEAD * LANES);
        __builtin_prefetch(from + AHEAD * LANES + W);
        const V a = load(from), b = load(from + W);
        low = _mm512_mask_blend_ps(part->there_here[0], low, _mm512_permutex2var_ps(a, (__m512i)part->there[0], b));
        high = _mm512_mask_blend_ps(part->there_here[1], high, _mm512_permutex2var_ps(a, (__m512i)part->there[1], b));
    }
    store(to, low);
    store(to + W, high);
#else
    for (int p = 0; p < w->parts; p++) {
        const float *from = w->part[p].from->f + r * LANES;
        int lane = w->part[p].shift;
        __builtin_prefetch(from + AHEAD * LANES);
        __builtin_prefetch(from + AHEAD * LANES + LANES / 2);
        for (uint32_t rest = w->part[p].lanes; rest; rest &= rest - 1) to[lane++] = from[__builtin_ctz(rest)];
    }
#endif
}

static void return_row(const struct gathering *w, int r, const float *from) {
#if WIDE
    const V a = load(from), b = load(from + W);
    for (int p = 0; p < w->parts; p++) {
        const struct part *part = w->part + p;
        float *to = part->from->f + r * LANES;
        store_where(to, part->back_here[0], _mm512_permutex2var_ps(a, (__m512i)part->back[0], b));
        store_where(to + W, part->back_here[1], _mm512_permutex2var_ps(a, (__m512i)part->back[1], b));
    }
#else
    for (int p = 0; p < w->parts; p++) {
        float *to = w->part[p].from->f + r * LANES;
        int lane = w->part[p].shift;
        for (uint32_t rest = w->part[p].lanes; rest; rest &= rest - 1) to[__builtin_ctz(rest)] = from[lane++];
    }
#endif
}

static void gather(const struct gathering *w, const struct unit *u, struct group *to) {
    for (int i = 0; i < u->number_ranges; i++)
        for (int r = u->numbers[i].from; r < u->numbers[i].from + u->numbers[i].rows; r++)
            gather_row(w, r, to->f + r * LANES);
    for (int i = 0; i < u->mask_ranges; i++) {
        const int from = u->masks[i].from, until = from + u->masks[i].rows;
        memset(to->m + from, 0, (size_t)(until - from) * sizeof *to->m);
        for (int p = 0; p < w->parts; p++) gather_masks(w->part + p, from, until, to->m);
    }
    for (int p = 0; p < w->parts; p++) {
        int i = w->part[p].shift;
        for (uint32_t lanes = w->part[p].lanes; lanes; lanes &= lanes - 1, i++) {
            const int lane = __builtin_ctz(lanes);
            to->key[i] = w->part[p].from->key[lane];
            to->increment[i] = w->part[p].from->increment[lane];
            to->run[i] = w->part[p].from->run[lane];
        }
    }
    to->valid = (uint32_t)((1ull << w->count) - 1);
}

static void give_back(const struct gathering *w, const struct unit *u, const struct group *from) {
    for (int i = 0; i < u->numbers_written; i++)
        for (int r = u->numbers[i].from; r < u->numbers[i].from + u->numbers[i].rows; r++)
            return_row(w, r, from->f + r * LANES);
    for (int i = 0; i < u->masks_written; i++)
        for (int p = 0; p < w->parts; p++)
            return_masks(w->part + p, u->masks[i].from, u->masks[i].from + u->masks[i].rows, from->m);
}

/* The first `most` of the lanes. */
static uint32_t lowest(uint32_t lanes, int most) {
    if (__builtin_popcount(lanes) <= most) return lanes;
    uint32_t taken = 0;
    for (; lanes && most; lanes &= lanes - 1, most--) taken |= lanes & -lanes;
    return taken;
}

static void together(struct group *groups, int count, struct group *spare, struct thread *c, const struct unit *u,
                     uint32_t *asked) {
    struct gathering w;
    for (int g = 0; g < count;) {
        w.parts = w.count = 0;
        while (g < count && w.count < LANES) {
            const uint32_t lanes = lowest(asked[g], LANES - w.count);
            if (lanes) {
                struct part *part = w.part + w.parts++;
                part->from = groups + g;
                part->lanes = lanes;
                part->shift = w.count;
                plan_bits(part);
                plan_lanes(part);
                w.count += __builtin_popcount(lanes);
            }
            asked[g] &= ~lanes;
            if (!asked[g]) g++;
        }
        if (!w.count) break;
        gather(&w, u, spare);
        u->body(spare, c, spare->valid);
        give_back(&w, u, spare);
    }
}

#define MOVING 0.4f /* cost of moving one lane of a row there or back, in row operations */

static __attribute__((noinline)) void where_asked(struct group *groups, int count, struct group *spare,
                                                  struct thread *c, const struct unit *u) {
    uint32_t asked[count];
    int lanes = 0, touched = 0, rows = 0;
    for (int g = 0; g < count; g++) {
        asked[g] = u->asked(groups + g, c) & groups[g].valid;
        lanes += __builtin_popcount(asked[g]);
        touched += asked[g] != 0;
    }
    if (!lanes) return;
    for (int i = 0; i < u->number_ranges; i++) rows += u->numbers[i].rows;
    for (int i = 0; i < u->numbers_written; i++) rows += u->numbers[i].rows;
    const int filled = (lanes + LANES - 1) / LANES;
    if (filled * u->cost + MOVING * (float)lanes * (float)rows < touched * u->cost) {
        together(groups, count, spare, c, u, asked);
        return;
    }
    for (int g = 0; g < count; g++)
        if (asked[g]) u->body(groups + g, c, asked[g]);
}

/* -- runs ---------------------------------------------------------------------------------------------------------- */

static void begin(struct group *g, const struct order *o, int64_t first, int runs) {
    for (int r = 0; r < NUMBERS; r++)
        for (int lane = 0; lane < LANES; lane++) g->f[r * LANES + lane] = o->initial_numbers[r];
    memcpy(g->m, o->initial_masks, MASKS * sizeof *g->m);
    for (int i = 0; i < o->inputs; i++) {
        const struct input in = o->input[i];
        for (int r = 0; r < in.rows; r++) {
            const float *data = in.data + r * o->total + first;
            float *to = g->f + (in.row + r) * LANES;
            for (int lane = 0; lane < LANES; lane++) to[lane] = data[lane < runs ? lane : runs - 1];
        }
    }
    for (int lane = 0; lane < LANES; lane++) {
        const int64_t run = first + (lane < runs ? lane : runs - 1);
        g->key[lane] = o->key[run];
        g->increment[lane] = o->increment[run];
        g->run[lane] = (int32_t)run;
    }
    g->valid = runs < LANES ? (uint32_t)((1ull << runs) - 1) : ~0u;
}

static void steps(struct group *groups, int count, struct group *spare, struct thread *c, const struct order *o) {
    const float *tables[o->tables + 1];
    c->table = tables;
    for (int g = 0; g < count; g++) prologue(groups + g, c, groups[g].valid);
    int64_t before = now();
    for (int t = 0; t < o->steps && !c->failed; t++) {
        c->step = t;
        c->day = o->day[t];
        for (int i = 0; i < o->tables; i++) tables[i] = o->table[i] + (int64_t)t * o->table_rows[i];
        for (int i = 0; i < UNITS; i++) {
            const struct unit *u = units + i;
            if (u->asked)
                where_asked(groups, count, spare, c, u);
            else
                for (int g = 0; g < count; g++) u->body(groups + g, c, groups[g].valid);
            if (i + 1 == UNITS || units[i + 1].mechanism != u->mechanism) {
                const int64_t after = now();
                c->spent[u->mechanism] += after - before;
                before = after;
            }
        }
    }
}

static size_t rounded(size_t bytes) { return (bytes + 127) / 128 * 128; }

/* The memory of a thread: groups, a spare one, scratch rows, logs. */
struct memory { char *block; struct group *groups; struct log *logs; };

static void release(struct memory *m, int groups) {
    for (int g = 0; m->logs && g < groups; g++) free(m->logs[g].events);
    free(m->block);
    free(m->groups);
    free(m->logs);
}

/* Rows are walked through group by group: the fewer pages they lie on, the less is spent on finding them. */
#define LARGE_PAGE ((size_t)1 << 21)

static void *asked_for(size_t size) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (size >= LARGE_PAGE / 2) {
        const size_t whole = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
        void *const block = aligned_alloc(LARGE_PAGE, whole);
        if (block) (void)madvise(block, whole, MADV_HUGEPAGE); /* a wish: without it all works as well */
        return block;
    }
#endif
    return aligned_alloc(128, size);
}

static int acquire(struct memory *m, struct thread *c, int groups) {
    const size_t numbers = rounded(NUMBERS * LANES * 4 + 128), masks = rounded(MASKS * 4 + 128), each = numbers + masks;
    const size_t l = rounded(SCRATCH * LANES * 4 + 128), n = rounded(SCRATCH_MASKS * 4 + 128);
    const size_t base = each * (size_t)(groups + 1), size = base + l + n + rounded(TALLY * 64 + 64);
    m->block = asked_for(size);
    m->groups = calloc((size_t)groups + 1, sizeof *m->groups);
    m->logs = calloc((size_t)groups, sizeof *m->logs);
    if (!m->block || !m->groups || !m->logs) return 0;
    memset(m->block, 0, size);
    c->log = m->logs;
    c->l = (float *)(m->block + base);
    c->n = (uint32_t *)(m->block + base + l);
    c->tally = (float *)(m->block + base + l + n);
    for (int g = 0; g <= groups; g++) {
        m->groups[g].f = (float *)(m->block + each * (size_t)g);
        m->groups[g].m = (uint32_t *)(m->block + each * (size_t)g + numbers);
    }
    return 1;
}

/* Floating-point control: another library of the process may have set it to flush small numbers to zero, or to round
 * otherwise. */
#if defined(__SSE__)
#define USUAL_CONTROL 0x1f80
ALWAYS unsigned control(void) { return _mm_getcsr(); }
ALWAYS void set_control(unsigned to) { _mm_setcsr(to); }
#elif defined(__aarch64__)
#define USUAL_CONTROL 0
ALWAYS uint64_t control(void) { uint64_t is; __asm__ volatile("mrs %0, fpcr" : "=r"(is)); return is; }
ALWAYS void set_control(uint64_t to) { __asm__ volatile("msr fpcr, %0" : : "r"(to)); }
#else
#define USUAL_CONTROL 0
ALWAYS int control(void) { return 0; }
ALWAYS void set_control(int to) { (void)to; }
#endif

static int simulate(const struct order *o, struct log *out);

/* Simulate; the events, in canonical order, are the caller's to free. 0 where memory ran out: nothing is left behind. */
EXPORT int whipcount_run(const struct order *o, struct log *out) {
    const __typeof__(control()) before = control();
    set_control(USUAL_CONTROL);
    const int done = simulate(o, out);
    set_control(before);
    return done;
}

static __attribute__((noinline)) int simulate(const struct order *o, struct log *out) {
    struct memory memory = {0};
    struct thread c = {.s = o->statics, .k = o->static_masks, .matrix = o->matrix, .stream = o->stream, .spent = o->spent};
    *out = (struct log){0};
    c.series = o->series;
    c.series_runs = o->total;
    c.measures = o->measures;
    c.failed = !acquire(&memory, &c, o->groups);
    for (int g = 0; g <= o->groups && !c.failed; g++) memory.groups[g].chances = o->chances;
    for (int64_t done = 0; done < o->runs && !c.failed;) {
        int count = 0;
        c.first_run = (int32_t)(o->offset + done);
        for (; count < o->groups && done < o->runs; count++, done += LANES) {
            const int64_t left = o->runs - done;
            memory.logs[count].recorded = 0;
            begin(memory.groups + count, o, o->offset + done, left < LANES ? (int)left : LANES);
        }
        steps(memory.groups, count, memory.groups + o->groups, &c, o);
        for (int g = 0; g < count && !c.failed; g++) c.failed = !file_events(memory.logs + g, out);
    }
    release(&memory, o->groups);
    if (c.failed) {
        free(out->events);
        *out = (struct log){0};
    }
    return !c.failed;
}

EXPORT void whipcount_free(struct log *out) {
    free(out->events);
    *out = (struct log){0};
}

/* The events as columns. */
EXPORT void whipcount_columns(const struct log *from, int64_t first_run, int64_t *run, int32_t *step, int16_t *verb,
                              int32_t *entity, float *value, float *probability) {
    for (int64_t i = 0; i < from->recorded; i++) {
        const struct event *e = from->events + i;
        run[i] = first_run + e->run;
        step[i] = e->step;
        verb[i] = (int16_t)e->verb;
        entity[i] = e->entity;
        value[i] = e->value;
        probability[i] = e->probability;
    }
}

/* -- a sample of the arithmetic, to be compared with NumPy's ----------------------------------------------------------- */

EXPORT void whipcount_check(int64_t count, const float *x, const uint64_t *key, const uint64_t *increment,
                            uint64_t counter, float *out) {
    struct group g = {0};
    memcpy(g.key, key, sizeof g.key);
    memcpy(g.increment, increment, sizeof g.increment);
    for (int64_t i = 0; i < count; i += W) {
        V v, turned, found[8];
        memcpy(&v, x + i, sizeof v);
        for (int lane = 0; lane < W; lane++) turned[lane] = x[count - 1 - i - lane];
        const V size = absolute(v);
        V unit_part = size;
        for (int lane = 0; lane < W; lane++) unit_part[lane] = size[lane] - __builtin_floorf(size[lane]);
        found[0] = exp_(v);
        found[1] = log_(v);
        found[2] = cos2pi_(unit_part);
        found[3] = sqrt_(v);
        found[4] = maximum(v, turned);
        found[5] = v * turned + v / turned;
        found[6] = drawn(&g, (int)(i % LANES), counter);
        V members = below(size, 60.0f);
        for (int lane = 0; lane < W; lane++) members[lane] = __builtin_floorf(members[lane]);
        found[7] = beta_binomial(unit_part, members, absolute(turned), size);
        for (int f = 0; f < 8; f++) memcpy(out + f * count + i, found + f, sizeof v);
    }
}
