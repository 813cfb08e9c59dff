/* What the generated C calls: vectors of lanes, the vocabulary's numerics, random streams, one-hot masks, events.
 *
 * A value is a float row[32], one run a lane; rows of entities follow each other. A mask is one bit a lane in a
 * uint32_t. Kernels work on W lanes at a time, W being what the processor's registers hold; every operation is the one
 * of vocabulary/numerics.py, in the same order, so that results are the same bits. Compile without fast-math and
 * without contraction.
 */
#ifndef WHIPCOUNT_RUNTIME_H
#define WHIPCOUNT_RUNTIME_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "lanes of a mask are addressed by byte: little-endian machines only"
#endif

#define LANES 32
#define ALWAYS static inline __attribute__((always_inline, unused))
#define SPARSE static __attribute__((noinline, unused))
#define HIDDEN __attribute__((visibility("hidden")))
#define EXPORT __attribute__((visibility("default")))

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define WIDE 1
#define W 16
typedef uint16_t __attribute__((may_alias)) half;
#else
#define WIDE 0
#define W 8
typedef uint8_t __attribute__((may_alias)) half;
#endif
#define HALVES (LANES / W)
#define EACH_HALF(h) for (int h = 0; h < LANES; h += W)
#define EACH_PAIR(a, b) for (int a = 0, b = W; a < LANES; a += 2 * W, b += 2 * W)

typedef float V __attribute__((vector_size(4 * W)));
typedef int32_t I __attribute__((vector_size(4 * W)));
typedef uint32_t J __attribute__((vector_size(4 * W)));
typedef uint64_t U __attribute__((vector_size(4 * W))); /* half as many lanes as V */
typedef int64_t X __attribute__((vector_size(4 * W)));
typedef int32_t H __attribute__((vector_size(2 * W)));
#if WIDE
typedef __mmask16 B; /* a mask while it is computed with */
#else
typedef I B;
#endif

/* -- structures ---------------------------------------------------------------------------------------------------- */

/* Keys of runs whose draws are of several numbers' chance: by class of draws, then by run of the order. */
struct chances {
    const uint64_t *key, *increment;
    int64_t total;
};

/* 32 runs side by side: their state, inputs, values kept between kernels, random keys. */
struct group {
    float *f;     /* rows of numbers */
    uint32_t *m;  /* rows of masks */
    uint64_t key[LANES], increment[LANES];
    int32_t run[LANES]; /* number within the order */
    uint32_t valid;     /* lanes that hold a run */
    const struct chances *chances; /* none: every draw of a run is of its own key */
};

struct event {
    int32_t run, step, verb, entity;
    float value, probability;
};

struct log {
    struct event *events;
    int64_t recorded, room;
};

struct sparse { /* a static matrix by rows, zeros left out */
    const int32_t *start, *column;
    const float *weight;
};

/* What a thread works with. */
struct thread {
    float *l;            /* scratch rows of numbers */
    uint32_t *n;         /* scratch rows of masks */
    float *tally;        /* room for the exact tally of the largest body */
    const float *s;      /* static numbers, one a row */
    const uint32_t *k;   /* static masks, all lanes or none */
    const float *const *table;
    const struct sparse *matrix;
    const uint64_t *stream;
    float *series;
    int64_t series_runs; /* length of a row of the series */
    int32_t measures, step;
    float day;
    struct log *log;     /* of each group */
    int32_t first_run;   /* of the first group */
    int32_t failed;
    int64_t *spent; /* nanoseconds by mechanism */
};

/* An operand of a helper: a number or mask by entity, perhaps through an index (-1: none). */
struct numbers { const float *p; const int32_t *index; int row, lane; };
struct masks { const uint32_t *p; const int32_t *index; int row; };

/* -- lanes --------------------------------------------------------------------------------------------------------- */

ALWAYS V splat(float x) { return x - (V){0}; }
ALWAYS V load(const float *p) { V v; memcpy(&v, __builtin_assume_aligned(p, sizeof v), sizeof v); return v; }
ALWAYS void store(float *p, V v) { memcpy(__builtin_assume_aligned(p, sizeof v), &v, sizeof v); }
ALWAYS half bits_at(const uint32_t *p, int h) { return ((const half *)p)[h / W]; }

#if WIDE
ALWAYS B mask_of(half bits) { return bits; }
ALWAYS half bits_of(B m) { return m; }
ALWAYS B every(int yes) { return yes ? (B)-1 : (B)0; }
ALWAYS B both(B a, B b) { return (B)(a & b); }
ALWAYS B either(B a, B b) { return (B)(a | b); }
ALWAYS B not(B a) { return (B)~a; }
ALWAYS B differ(B a, B b) { return (B)(a ^ b); }
ALWAYS B lt(V a, V b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
ALWAYS B le(V a, V b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
ALWAYS B eq(V a, V b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
ALWAYS B ne(V a, V b) { return _mm512_cmp_ps_mask(a, b, _CMP_NEQ_UQ); }
ALWAYS V choose(B m, V yes, V no) { return _mm512_mask_blend_ps(m, no, yes); }
ALWAYS void store_where(float *p, B m, V v) { _mm512_mask_store_ps(p, m, v); }
#else
ALWAYS B mask_of(half bits) {
    const I place = {1, 2, 4, 8, 16, 32, 64, 128};
    return (((int32_t)bits - (I){0}) & place) == place;
}
ALWAYS half bits_of(B m) {
#if defined(__AVX__)
    return (half)_mm256_movemask_ps((__m256)m);
#else
    const I place = {1, 2, 4, 8, 16, 32, 64, 128};
    I set = m & place;
    return (half)(set[0] | set[1] | set[2] | set[3] | set[4] | set[5] | set[6] | set[7]);
#endif
}
ALWAYS B every(int yes) { return (yes ? -1 : 0) - (I){0}; }
ALWAYS B both(B a, B b) { return a & b; }
ALWAYS B either(B a, B b) { return a | b; }
ALWAYS B not(B a) { return ~a; }
ALWAYS B differ(B a, B b) { return a ^ b; }
ALWAYS B lt(V a, V b) { return (B)(a < b); }
ALWAYS B le(V a, V b) { return (B)(a <= b); }
ALWAYS B eq(V a, V b) { return (B)(a == b); }
ALWAYS B ne(V a, V b) { return (B)(a != b); }
ALWAYS V choose(B m, V yes, V no) {
#if defined(__AVX__)
    return (V)_mm256_blendv_ps((__m256)no, (__m256)yes, (__m256)m);
#else
    return (V)(((I)yes & m) | ((I)no & ~m));
#endif
}
ALWAYS void store_where(float *p, B m, V v) { store(p, choose(m, v, load(p))); }
#endif
ALWAYS B gt(V a, V b) { return lt(b, a); }
ALWAYS B ge(V a, V b) { return le(b, a); }
ALWAYS B same(B a, B b) { return not(differ(a, b)); }
ALWAYS B among(const uint32_t *p, int h) { return mask_of(bits_at(p, h)); }
ALWAYS void keep(uint32_t *p, int h, B m) { ((half *)p)[h / W] = bits_of(m); }
ALWAYS void keep_where(uint32_t *p, int h, B m, B v) {
    const half w = bits_of(m);
    half *at = (half *)p + h / W;
    *at = (half)((*at & ~w) | (bits_of(v) & w));
}
ALWAYS void join(uint32_t *p, int h, B m) { ((half *)p)[h / W] |= bits_of(m); }
ALWAYS V chosen(B m, V yes) { return choose(m, yes, (V){0}); }

/* -- numerics: see vocabulary/numerics.py ---------------------------------------------------------------------------- */

/* The larger and the smaller of x and a constant other than 0; NaN if x is. */
ALWAYS V above(V x, float low) {
#if WIDE
    return _mm512_max_ps(splat(low), x);
#elif defined(__AVX__)
    return (V)_mm256_max_ps((__m256)splat(low), (__m256)x);
#else
    return choose(lt(x, splat(low)), splat(low), x);
#endif
}
ALWAYS V below(V x, float high) {
#if WIDE
    return _mm512_min_ps(splat(high), x);
#elif defined(__AVX__)
    return (V)_mm256_min_ps((__m256)splat(high), (__m256)x);
#else
    return choose(lt(splat(high), x), splat(high), x);
#endif
}
/* The same of two values: NaN if either is, and never a negative zero. */
#if WIDE /* the processor's own give the second operand where one is NaN or both are zero */
ALWAYS V larger(V a, V b) { return _mm512_max_ps(a, b); }
ALWAYS V smaller(V a, V b) { return _mm512_min_ps(a, b); }
#elif defined(__AVX__)
ALWAYS V larger(V a, V b) { return (V)_mm256_max_ps((__m256)a, (__m256)b); }
ALWAYS V smaller(V a, V b) { return (V)_mm256_min_ps((__m256)a, (__m256)b); }
#else
ALWAYS V larger(V a, V b) { return choose(lt(b, a), a, b); }
ALWAYS V smaller(V a, V b) { return choose(lt(a, b), a, b); }
#endif
ALWAYS V maximum(V a, V b) { return choose(ne(a, a), a, larger(a, b)) + splat(0.0f); }
ALWAYS V minimum(V a, V b) { return choose(ne(a, a), a, smaller(a, b)) + splat(0.0f); }
ALWAYS V at_least_zero(V x) { return larger((V){0}, x) + splat(0.0f); }
ALWAYS V at_most_zero(V x) { return smaller((V){0}, x) + splat(0.0f); }
ALWAYS V absolute(V x) { return (V)((I)x & (0x7fffffff - (I){0})); }
ALWAYS V negative(V x) { return -x; }
ALWAYS V number(B m) { return chosen(m, splat(1.0f)); }

#define MAGIC 12582912.0f
ALWAYS V rint_(V x) { x = x + MAGIC; return x - MAGIC; }

ALWAYS V exp_(V x) {
    x = below(above(x, -87.0f), 88.0f);
    V n = x * 1.44269504088896341f;
    n = n + MAGIC;
    n = n - MAGIC;
    V r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    V p = r * 1.9875691500e-4f;
    p = (p + 1.3981999507e-3f) * r;
    p = (p + 8.3334519073e-3f) * r;
    p = (p + 4.1665795894e-2f) * r;
    p = (p + 1.6666665459e-1f) * r;
    p = p + 5.0000001201e-1f;
    p = p * r;
    p = p * r;
    p = p + r;
    p = p + 1.0f;
    J bits = (J)__builtin_convertvector(n, I);
    return p * (V)((bits + 127u) << 23);
}

ALWAYS V log_(V x) {
    const V smallest = splat(1.17549435e-38f);
    x = choose(lt(smallest, x), x, smallest);
    I bits = (I)x;
    V e = __builtin_convertvector((bits >> 23) - 126, V);
    V m = (V)((bits & 0x007fffff) | 0x3f000000);
    B small = lt(m, splat(0.707106781186547524f));
    e = choose(small, e - 1.0f, e);
    m = choose(small, m + m, m) - 1.0f;
    V z = m * m;
    V p = m * 7.0376836292e-2f;
    p = (p + -1.1514610310e-1f) * m;
    p = (p + 1.1676998740e-1f) * m;
    p = (p + -1.2420140846e-1f) * m;
    p = (p + 1.4249322787e-1f) * m;
    p = (p + -1.6668057665e-1f) * m;
    p = (p + 2.0000714765e-1f) * m;
    p = (p + -2.4999993993e-1f) * m;
    p = p + 3.3333331174e-1f;
    p = p * m;
    p = p * z;
    p = p + e * -2.12194440e-4f;
    p = p - z * 0.5f;
    p = p + m;
    return p + e * 0.693359375f;
}

ALWAYS V cos2pi_(V u) {
    V n = u + MAGIC;
    n = n - MAGIC;
    V t = 0.25f - absolute(u - n);
    V z = t * t;
    V p = z * 3.8199525848f;
    p = (p + -15.0946425768f) * z;
    p = (p + 42.0586939449f) * z;
    p = (p + -76.7058597531f) * z;
    p = (p + 81.6052492761f) * z;
    p = (p + -41.3417022404f) * z;
    p = p + 6.2831853072f;
    return p * t;
}

ALWAYS V sqrt_(V x) {
    x = at_least_zero(x);
#if WIDE
    return _mm512_sqrt_ps(x);
#elif defined(__AVX__)
    return (V)_mm256_sqrt_ps((__m256)x);
#else
    for (int i = 0; i < W; i++) x[i] = __builtin_sqrtf(x[i]);
    return x;
#endif
}

/* Members, of a number of them, by the beta-binomial distribution. */
#define MOST_HEADS 240.0f
#define FIRST_WEIGHT 1e-35f
SPARSE V beta_binomial(V u, V members, V a, V b) {
    members = rint_(below(above(members + splat(0.0f), 0.0f), MOST_HEADS));
    const B turned = lt(a, b);
    const V likely = choose(turned, b, a), unlikely = choose(turned, a, b);
    V weights[(int)MOST_HEADS + 1], total = {0}, weight = splat(FIRST_WEIGHT);
    int rounds = 0; /* the most members of any lane */
    for (;; rounds++) {
        const float away = (float)rounds;
        const B further = lt(splat(away), members);
        weights[rounds] = weight;
        total = total + weight;
        if (!bits_of(further)) break;
        const V ratio = (members - away) * (unlikely + away);
        weight = chosen(further, weight * (ratio / ((likely + (members - 1.0f - away)) * (away + 1.0f))));
    }
    const V target = choose(turned, 1.0f - 5.9604644775390625e-8f - u, u) * total;
    V gone = {0}, reached = {0};
    B more = every(1);
    for (int away = 0; away < rounds; away++) {
        reached = reached + weights[away];
        more = both(more, both(not(lt(target, reached)), lt(splat((float)away), members)));
        if (!bits_of(more)) break;
        gone = gone + number(more);
    }
    return choose(turned, gone, members - gone);
}

/* -- random streams ------------------------------------------------------------------------------------------------ */

#define GOLDEN 0x9E3779B97F4A7C15ull
#define C1 0xBF58476D1CE4E5B9ull
#define C2 0x94D049BB133111EBull

ALWAYS uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * C1;
    z = (z ^ (z >> 27)) * C2;
    return z ^ (z >> 31);
}
ALWAYS U mixed(U z) {
    z = (z ^ (z >> 30)) * C1;
    z = (z ^ (z >> 27)) * C2;
    return z ^ (z >> 31);
}
ALWAYS U words(const uint64_t *p) { U v; memcpy(&v, p, sizeof v); return v; }

/* The even 32-bit words of two vectors, in order. */
ALWAYS I low_words(U a, U b) {
#if WIDE
    const I even = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};
    return (I)_mm512_permutex2var_epi32((__m512i)a, (__m512i)even, (__m512i)b);
#elif defined(__clang__) || __GNUC__ >= 12
    return __builtin_shufflevector((I)a, (I)b, 0, 2, 4, 6, 8, 10, 12, 14);
#else
    const I even = {0, 2, 4, 6, 8, 10, 12, 14};
    return __builtin_shuffle((I)a, (I)b, even);
#endif
}
ALWAYS V unit(U a, U b) { return __builtin_convertvector(low_words(a >> 40, b >> 40), V) * 5.9604644775390625e-8f; }

/* As below where draws of one run are of several keys: the counter's first bits say of which. */
#define CLASS_BITS 4
SPARSE U mixed_half(const struct group *g, H lane, U counter) {
    U word;
    for (int i = 0; i < W / 2; i++) {
        const int64_t at = (int64_t)(counter[i] >> (64 - CLASS_BITS)) * g->chances->total + g->run[lane[i]];
        word[i] = g->chances->increment[at] * counter[i] + g->chances->key[at];
    }
    return mixed(word);
}
SPARSE V mixed_lanes(const struct group *g, int h, U a, U b) {
    H low, high;
    for (int i = 0; i < W / 2; i++) low[i] = h + i, high[i] = h + W / 2 + i;
    return unit(mixed_half(g, low, a), mixed_half(g, high, b));
}
#define SEVERAL(g) __builtin_expect((g)->chances != NULL, 0)

/* A number in [0, 1) for each lane, the counter being the same in all. */
ALWAYS V drawn(const struct group *g, int h, uint64_t counter) {
    if (SEVERAL(g)) return mixed_lanes(g, h, counter - (U){0}, counter - (U){0});
    U a = words(g->increment + h) * counter + words(g->key + h);
    U b = words(g->increment + h + W / 2) * counter + words(g->key + h + W / 2);
    return unit(mixed(a), mixed(b));
}
ALWAYS uint64_t counter_of(uint64_t stream, int step) { return mix(stream + (uint64_t)step * GOLDEN); }

/* The same, with an epoch of the lane's own in place of the step. */
ALWAYS V drawn_at(const struct group *g, int h, uint64_t stream, V epoch) {
    const I whole = __builtin_convertvector(epoch, I);
    H lower, upper;
    memcpy(&lower, &whole, sizeof lower);
    memcpy(&upper, (const char *)&whole + sizeof lower, sizeof upper);
    U a = (U)__builtin_convertvector(lower, X), b = (U)__builtin_convertvector(upper, X);
    a = mixed(a * GOLDEN + (stream + C2));
    b = mixed(b * GOLDEN + (stream + C2));
    if (SEVERAL(g)) return mixed_lanes(g, h, a, b);
    a = words(g->increment + h) * a + words(g->key + h);
    b = words(g->increment + h + W / 2) * b + words(g->key + h + W / 2);
    return unit(mixed(a), mixed(b));
}

/* -- entries of an array: a row's lane each, by its place ------------------------------------------------------------ */

ALWAYS V gathered(const float *p, I at) {
#if WIDE
    return _mm512_i32gather_ps((__m512i)at, p, 4);
#else
    V v;
    for (int i = 0; i < W; i++) v[i] = p[at[i]];
    return v;
#endif
}
ALWAYS void scatter(float *p, I at, V v) {
#if WIDE
    _mm512_i32scatter_ps(p, (__m512i)at, v, 4);
#else
    for (int i = 0; i < W; i++) p[at[i]] = v[i];
#endif
}
ALWAYS U words_at(const uint64_t *p, H at) {
#if WIDE
    return (U)_mm512_i32gather_epi64((__m256i)at, (const long long *)p, 8);
#else
    U v;
    for (int i = 0; i < W / 2; i++) v[i] = p[at[i]];
    return v;
#endif
}

/* As drawn_at, for entries of several rows: a stream by row, a key by lane. */
ALWAYS U drawn_half(const struct group *g, const uint64_t *stream, H at, H epoch) {
    const H row = at >> 5, lane = at & (LANES - 1); /* 2^5 lanes a row */
    const U counter = mixed((U)__builtin_convertvector(epoch, X) * GOLDEN + (words_at(stream, row) + C2));
    if (SEVERAL(g)) return mixed_half(g, lane, counter);
    return mixed(words_at(g->increment, lane) * counter + words_at(g->key, lane));
}
ALWAYS V drawn_among(const struct group *g, const uint64_t *stream, I at, V epoch) {
    const I whole = __builtin_convertvector(epoch, I);
    H part[2], now[2];
    memcpy(part, &at, sizeof part);
    memcpy(now, &whole, sizeof now);
    return unit(drawn_half(g, stream, part[0], now[0]), drawn_half(g, stream, part[1], now[1]));
}

/* The places where numbers are others than before, which is brought up to date; the last one again to fill the vector. */
SPARSE int changed(int rows, const float *now, float *before, int32_t *at) {
    int count = 0;
    for (int i = 0; i < rows * LANES; i += W) {
        const V v = load(now + i);
        uint32_t lanes = bits_of(ne(v, load(before + i)));
        if (!lanes) continue;
        store(before + i, v);
        for (; lanes; lanes &= lanes - 1) at[count++] = i + __builtin_ctz(lanes);
    }
    for (int i = count; i % W; i++) at[i] = at[count - 1];
    return count;
}

ALWAYS V canonical(V v) { return choose(ne(v, v), splat(__builtin_nanf("")), v + splat(0.0f)); } /* one zero, one NaN */

/* -- helpers over entities ------------------------------------------------------------------------------------------- */

ALWAYS V numbers_at(struct numbers x, int e, int h) {
    const int i = x.index ? x.index[e] : e;
    if (i < 0) return (V){0};
    return x.lane ? load(x.p + (int64_t)i * x.row + h) : splat(x.p[(int64_t)i * x.row]);
}
ALWAYS uint32_t masks_at(struct masks x, int e) {
    const int i = x.index ? x.index[e] : e;
    return i < 0 ? 0 : x.p[i * x.row];
}

/* Sum over a row's entries of a static matrix, in entity order. */
ALWAYS V weighed(const struct sparse *matrix, int row, struct numbers x, int h) {
    V total = {0};
    for (int i = matrix->start[row]; i < matrix->start[row + 1]; i++)
        total = total + splat(matrix->weight[i]) * numbers_at(x, matrix->column[i], h);
    return total;
}

SPARSE void first(int rows, struct masks m, uint32_t *out) {
    uint32_t seen = 0;
    for (int e = 0; e < rows; e++) {
        const uint32_t now = masks_at(m, e);
        out[e] = now & ~seen;
        seen |= now;
    }
}

/* One-hot of the largest among the members (a group's, or all); the first of equals, NaN before any number. */
SPARSE void best_of(int count, const int32_t *member, struct numbers x, struct masks m, uint32_t *out) {
    const V lowest = splat(-__builtin_inff());
    EACH_HALF(h) {
        V top = lowest;
        I winner = {0};
        for (int i = 0; i < count; i++) {
            const int e = member ? member[i] : i;
            const uint32_t w = masks_at(m, e);
            const V v = choose(among(&w, h), numbers_at(x, e, h), lowest);
            const B better = i ? either(lt(top, v), both(ne(v, v), eq(top, top))) : every(1);
            top = choose(better, v, top);
            winner = (I)choose(better, (V)(i - (I){0}), (V)winner);
        }
        for (int i = 0; i < count; i++) {
            const int e = member ? member[i] : i;
            const uint32_t w = masks_at(m, e);
#if WIDE
            const B here = _mm512_cmpeq_epi32_mask((__m512i)winner, (__m512i)(i - (I){0}));
#else
            const B here = winner == i;
#endif
            keep(out + e, h, both(here, among(&w, h)));
        }
    }
}
SPARSE void best_in(int rows, int groups, const int32_t *start, const int32_t *member, struct numbers x, struct masks m,
                    uint32_t *out) {
    memset(out, 0, (size_t)rows * sizeof *out);
    for (int j = 0; j < groups; j++) best_of(start[j + 1] - start[j], member + start[j], x, m, out);
}

/* Probability that ayes outweigh noes: exact for up to 25 single votes, else a normal approximation. */
#define EXACT 25
SPARSE void tally(int groups, const int32_t *start, const int32_t *member, struct numbers yes, struct numbers no,
                  struct numbers weight, struct numbers spread, float *out, float *scratch) {
    const V zero = {0}, one = splat(1.0f);
    for (int j = 0; j < groups; j++) EACH_HALF(h) {
        const int from = start[j], until = start[j + 1], members = until - from;
        V voters = zero, mean = zero, variance = zero, exact = zero, normal = zero;
        B single = every(1);
        for (int i = from; i < until; i++) {
            const V w = numbers_at(weight, member[i], h), y = numbers_at(yes, member[i], h), n = numbers_at(no, member[i], h);
            voters = voters + number(ne(w, zero));
            single = both(single, either(eq(w, zero), eq(w, one)));
            mean = mean + w * (y - n);
            variance = variance + numbers_at(spread, member[i], h);
        }
        const B few = both(single, le(voters, splat(EXACT)));
        if (bits_of(few)) {
            /* chance[margin + members + 1], a row each; a lane's row is moved by every member who votes in it */
            V *chance = (V *)scratch;
            const int middle = members + 1;
            memset(scratch, 0, (size_t)(2 * members + 3) * sizeof(V));
            chance[middle] = one;
            int reach = 0;
            for (int i = from; i < until; i++) {
                const B votes = ne(numbers_at(weight, member[i], h), zero);
                if (!bits_of(votes)) continue;
                const V y = chosen(votes, numbers_at(yes, member[i], h)), n = chosen(votes, numbers_at(no, member[i], h));
                const V stay = one - y - n;
                V lower = zero;
                reach++;
                for (int k = middle - reach; k <= middle + reach; k++) {
                    const V here = chance[k];
                    chance[k] = here * stay + lower * y + chance[k + 1] * n;
                    lower = here;
                }
            }
            for (int k = middle + 1; k <= middle + reach; k++) exact = exact + chance[k];
        }
        if (bits_of(not(few))) {
            V z = (mean - 0.5f) / sqrt_(above(variance, 1e-6f));
            z = below(above(z, -9.0f), 9.0f);
            const V slope = z * (0.07056f * z * z + 1.5976f);
            normal = one / (one + exp_(-slope));
        }
        store(out + j * LANES + h, members ? choose(few, exact, normal) : zero);
    }
}

/* -- events and measures ------------------------------------------------------------------------------------------- */

HIDDEN void record(struct thread *c, const struct group *g, uint32_t active, int verb, int rows, struct masks where,
                   struct numbers value, struct numbers probability);
HIDDEN void measure(struct thread *c, const struct group *g, int first, int rows, struct numbers value);

/* -- the program ----------------------------------------------------------------------------------------------------- */

struct range { int32_t from, rows; };

/* A part of a mechanism's step that runs for one group at a time. With `asked`, it concerns only the lanes of that mask;
 * lanes of several groups are then brought together: `numbers` and `masks` are the rows that the part reads or writes,
 * of which those listed first, `written` in number, go back. */
struct unit {
    void (*body)(struct group *, struct thread *, uint32_t active);
    uint32_t (*asked)(const struct group *, const struct thread *);
    int32_t mechanism;
    float cost; /* of the body, in row operations */
    const struct range *numbers, *masks;
    int32_t number_ranges, mask_ranges, numbers_written, masks_written;
};

#endif
