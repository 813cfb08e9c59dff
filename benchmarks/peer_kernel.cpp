// The benchmark model of peer_model.md by hand: 32 runs side by side in the lanes of vector registers, float32,
// structure of arrays, a counter-hash stream, a polynomial exponential. The near-limit reference, not a part of the
// package. Built by the harness: g++ -O3 -march=native -fno-math-errno -fno-trapping-math -shared -fPIC.
//
// `V` is half of a row: a row of an entity is two of them, 32 runs. Masks are integer vectors of 0 and -1.

#include <cstdint>
#include <cstring>

#if defined(__AVX__)
#include <immintrin.h>
#endif

typedef float V __attribute__((vector_size(64)));
typedef int32_t M __attribute__((vector_size(64)));
typedef int32_t Half __attribute__((vector_size(32)));
typedef uint64_t U __attribute__((vector_size(64)));

namespace {

constexpr int LANES = 32, H = 2, W = 16;
constexpr int ACTORS = 40, DIMENSIONS = 3, DAYS = 40, BODIES = 4, COUNCIL = 0, MOST = 80, CONFIDANTS = 4, HELD = 4;
enum Verb { CARRIED, RESIGN, COOPT, TABLED, FALL };
enum Measure { VOICE, SEATED, MEAN_GAP, POINT, MEASURES = POINT + DIMENSIONS };
enum Purpose : uint32_t { BELIEF = 1, STANCE, BALLOT, HAZARD, CONFIDENCE, FILL, SCORE };

struct Event {
    int32_t run;
    int16_t day, verb;
    int32_t entity;
};

}  // namespace

// What the harness passes; the order of the parameters is that of PARAMETERS in peer.py.
struct Peer {
    float ideal[ACTORS][DIMENSIONS], loyalty[ACTORS];
    int32_t confidants[ACTORS][CONFIDANTS];
    float salience[DIMENSIONS], point[DIMENSIONS];
    int32_t seats, first[BODIES + 1], actor[MOST], taken[MOST], capacity[BODIES], places[ACTORS][HELD];
    float spread, mu, nu, lam, voice_gap, voice_echo, voice_loyalty, exit_gap, exit_echo, exit_cost, office, lam_vote,
        discipline, eta, dissent, hazard, pause, blame, solidarity, chi, cooling, noise;
};

namespace {

inline V all(float x) { return x - V{}; }

inline V select(M mask, V yes, V no) { return mask ? yes : no; }

inline V number(M mask) { return select(mask, all(1.0f), all(0.0f)); }

inline V root(V x) {
    for (int l = 0; l < W; l++) x[l] = __builtin_sqrtf(x[l]);
    return x;
}

// A bit for each lane of a mask, and whether there is any.
inline uint32_t bits(M mask) {
#if defined(__AVX512F__)
    return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask);
#elif defined(__AVX__)
    __m256 halves[2];
    std::memcpy(halves, &mask, sizeof halves);
    return (uint32_t)_mm256_movemask_ps(halves[0]) | (uint32_t)_mm256_movemask_ps(halves[1]) << 8;
#else
    uint32_t result = 0;
    for (int l = 0; l < W; l++) result |= (uint32_t)(mask[l] & 1) << l;
    return result;
#endif
}

inline bool any(M mask) { return bits(mask) != 0; }

// exp(x) = 2^n exp(r), |r| <= ln2 / 2; the exponent is put in place by adding it to the bits. Arguments are clamped to
// where float32 has normal numbers. Relative error below 3e-7.
inline V exponential(V x) {
    x = x < all(-87.0f) ? all(-87.0f) : x;
    x = x > all(88.0f) ? all(88.0f) : x;
    const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to the nearest whole number
    V shifted = x * 1.44269504f + magic;
    M bits = (M)shifted;
    V n = shifted - magic;
    V r = x - n * 0.693359375f + n * 2.12194440e-4f;
    V p = 1.9875691500e-4f * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    return (V)((M)p + (bits << 23));
}

// Every draw is a hash of the run's key and odd increment and of a word for (day, purpose, entity): SplitMix64's
// finaliser, as in the package, so that the random numbers are equally good and equally dear.
struct Stream {
    U key[H][2], increment[H][2];

    inline Half bits(int half, int quarter, uint64_t word) const {
        U z = increment[half][quarter] * word + key[half][quarter];
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
        z = (z ^ z >> 27) * 0x94D049BB133111EBull;
        return __builtin_convertvector((z ^ z >> 31) >> 40, Half);
    }

    inline V uniform(int half, uint64_t word) const {
        M all_bits = __builtin_shufflevector(bits(half, 0, word), bits(half, 1, word), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
                                             12, 13, 14, 15);
        return __builtin_convertvector(all_bits, V) * 5.9604644775390625e-8f;
    }
};

uint64_t mixed(uint64_t x) {
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ x >> 27) * 0x94D049BB133111EBull;
    return x ^ x >> 31;
}

constexpr uint64_t GOLDEN = 0x9E3779B97F4A7C15ull;

inline uint64_t word(int day, Purpose purpose, int entity) {
    return mixed(((uint64_t)day << 32 | (uint64_t)purpose << 16 | (uint64_t)entity) * GOLDEN + GOLDEN);
}

Stream stream(uint64_t seed, int64_t first) {
    Stream result;
    const uint64_t start = mixed(seed + GOLDEN);
    for (int lane = 0; lane < LANES; lane++) {
        const uint64_t key = mixed(start + ((uint64_t)(first + lane) + 1) * GOLDEN);
        result.key[lane / W][lane % W / 8][lane % 8] = key;
        result.increment[lane / W][lane % W / 8][lane % 8] = mixed(key ^ 0xD1B54A32D192ED03ull) | 1;
    }
    return result;
}

struct Block {
    const Peer &peer;
    Stream draws;
    int32_t offset, lanes;
    Event *events;
    int64_t room, logged = 0;

    V belief[DIMENSIONS][ACTORS][H], gap[ACTORS][H], voice[ACTORS][H], left[ACTORS][H], held[ACTORS][H];
    V sits[MOST][H], seated[BODIES][H], point[DIMENSIONS][H];
    V last[H];

    Block(const Peer &p, uint64_t seed, int64_t first, int32_t from, int32_t count, Event *log, int64_t size)
        : peer(p), draws(stream(seed, first)), offset(from), lanes(count), events(log), room(size) {
        for (int h = 0; h < H; h++) start(h);
    }

    void start(int h) {
        for (int i = 0; i < ACTORS; i++) {
            for (int d = 0; d < DIMENSIONS; d++)
                belief[d][i][h] = peer.point[d] + peer.spread * (draws.uniform(h, word(0, BELIEF, i * DIMENSIONS + d)) - 0.5f);
            voice[i][h] = held[i][h] = all(0.0f);
            left[i][h] = all(-100.0f);
        }
        for (int b = 0; b < BODIES; b++) {
            seated[b][h] = all(0.0f);
            for (int s = peer.first[b]; s < peer.first[b + 1]; s++) {
                sits[s][h] = all(peer.taken[s] ? 1.0f : 0.0f);
                held[peer.actor[s]][h] += sits[s][h];
                seated[b][h] += sits[s][h];
            }
        }
        for (int d = 0; d < DIMENSIONS; d++) point[d][h] = all(peer.point[d]);
        last[h] = all(-100.0f);
    }

    void record(int day, Verb verb, int entity, int h, M mask) {
        uint32_t lanes_left = bits(mask) & (h * W + W <= lanes ? 0xFFFFu : (1u << (lanes > h * W ? lanes - h * W : 0)) - 1u);
        for (; lanes_left && logged < room; lanes_left &= lanes_left - 1)
            events[logged++] = Event{offset + h * W + __builtin_ctz(lanes_left), (int16_t)day, (int16_t)verb, entity};
    }

    void beliefs() {
        const float keep = 1.0f - peer.mu - peer.nu, share = peer.mu / CONFIDANTS;
        V updated[ACTORS][H];
        for (int d = 0; d < DIMENSIONS; d++) {
            for (int i = 0; i < ACTORS; i++) {
                const int32_t *c = peer.confidants[i];
                for (int h = 0; h < H; h++) {
                    V heard = belief[d][c[0]][h] + belief[d][c[1]][h] + belief[d][c[2]][h] + belief[d][c[3]][h];
                    updated[i][h] = keep * belief[d][i][h] + share * heard + peer.nu * point[d][h];
                }
            }
            std::memcpy(belief[d], updated, sizeof updated);
        }
    }

    inline V distance(int i, int h) const {
        V squares = all(0.0f);
        for (int d = 0; d < DIMENSIONS; d++) {
            V off = peer.ideal[i][d] - belief[d][i][h];
            squares += peer.salience[d] * off * off;
        }
        return squares;
    }

    // The four-way choice. Silence is worth 0, so its weight is 1; utilities stay within +-2, so that no weight overflows.
    void stances(int day) {
        V spoken[ACTORS][H];
        for (int i = 0; i < ACTORS; i++) {
            const int32_t *c = peer.confidants[i];
            const float loyalty = peer.loyalty[i];
            for (int h = 0; h < H; h++) {
                const V g = root(distance(i, h));
                gap[i][h] = g;
                V echo = 0.25f * (voice[c[0]][h] + voice[c[1]][h] + voice[c[2]][h] + voice[c[3]][h]);
                V support = exponential(peer.lam * (loyalty - g));
                V speak = exponential(peer.lam * (peer.voice_gap * g + peer.voice_echo * echo - peer.voice_loyalty * loyalty));
                V leave = exponential(peer.lam * (peer.exit_gap * g + peer.exit_echo * echo - peer.exit_cost - peer.office * held[i][h]));
                V drawn = draws.uniform(h, word(day, STANCE, i)) * (support + 1.0f + speak + leave);
                M silent_or_less = drawn < support + 1.0f, not_leaving = drawn < support + 1.0f + speak;
                spoken[i][h] = number(~silent_or_less & not_leaving);
                M leaving = ~not_leaving & (held[i][h] > 0.0f);
                if (any(leaving)) resign(day, i, h, leaving);
            }
        }
        std::memcpy(voice, spoken, sizeof spoken);
    }

    inline int body(int s) const { return (s >= peer.first[1]) + (s >= peer.first[2]) + (s >= peer.first[3]); }

    void resign(int day, int i, int h, M leaving) {
        for (int place = 0; place < HELD && peer.places[i][place] >= 0; place++) {
            const int s = peer.places[i][place], b = body(s);
            seated[b][h] -= select(leaving, sits[s][h], all(0.0f));
            sits[s][h] = select(leaving, all(0.0f), sits[s][h]);
        }
        held[i][h] = select(leaving, all(0.0f), held[i][h]);
        left[i][h] = select(leaving, all((float)day), left[i][h]);
        record(day, RESIGN, i, h, leaving);
    }

    inline V says_yes(V worth, int h, uint64_t draw) const {
        return number(draws.uniform(h, draw) * (1.0f + exponential(-peer.lam_vote * worth)) < 1.0f);
    }

    // Every body's motion of the day: the government's point towards the body's mean ideal. All are put to the vote before any
    // takes effect.
    void ballots(int day) {
        for (int h = 0; h < H; h++) {
            V shift[DIMENSIONS] = {};
            for (int b = 0; b < BODIES; b++) ballot(day, b, h, shift);
            for (int d = 0; d < DIMENSIONS; d++) point[d][h] += peer.eta * shift[d];
        }
    }

    inline void ballot(int day, int b, int h, V *shift) {
        V proposed[DIMENSIONS] = {};
        for (int s = peer.first[b]; s < peer.first[b + 1]; s++)
            for (int d = 0; d < DIMENSIONS; d++) proposed[d] += sits[s][h] * peer.ideal[peer.actor[s]][d];
        V scale = 1.0f / select(seated[b][h] > 0.0f, seated[b][h], all(1.0f));
        for (int d = 0; d < DIMENSIONS; d++) proposed[d] *= scale;
        V ayes = all(0.0f);
        for (int s = peer.first[b]; s < peer.first[b + 1]; s++) {
            if (!any(sits[s][h] > 0.0f)) continue;
            const int i = peer.actor[s];
            V squares = all(0.0f);
            for (int d = 0; d < DIMENSIONS; d++) {
                V off = peer.ideal[i][d] - proposed[d];
                squares += peer.salience[d] * off * off;
            }
            V worth = gap[i][h] * gap[i][h] - squares - peer.discipline * peer.loyalty[i];
            ayes += sits[s][h] * says_yes(worth, h, word(day, BALLOT, s));
        }
        M passed = ayes + ayes > seated[b][h];
        if (!any(passed)) return;
        for (int d = 0; d < DIMENSIONS; d++) shift[d] += select(passed, proposed[d] - point[d][h], all(0.0f));
        record(day, CARRIED, b, h, passed);
    }

    // No confidence, tabled in the council when enough of it speaks up: a majority of all seated makes the government fall.
    void confidence(int day) {
        for (int h = 0; h < H; h++) {
            V dissent = all(0.0f);
            for (int s = peer.first[COUNCIL]; s < peer.first[COUNCIL + 1]; s++)
                dissent += sits[s][h] * voice[peer.actor[s]][h];
            M moved = (dissent > peer.dissent * seated[COUNCIL][h]) & ((float)day - last[h] >= peer.pause) &
                      (draws.uniform(h, word(day, HAZARD, 0)) < peer.hazard);
            if (!any(moved)) continue;
            last[h] = select(moved, all((float)day), last[h]);
            record(day, TABLED, COUNCIL, h, moved);
            V ayes = all(0.0f), sums[DIMENSIONS] = {};
            for (int s = peer.first[COUNCIL]; s < peer.first[COUNCIL + 1]; s++) {
                const int i = peer.actor[s];
                V worth = gap[i][h] - peer.blame + peer.solidarity * voice[i][h] - peer.discipline * peer.loyalty[i];
                V yes = sits[s][h] * says_yes(worth, h, word(day, CONFIDENCE, s));
                ayes += yes;
                for (int d = 0; d < DIMENSIONS; d++) sums[d] += yes * peer.ideal[i][d];
            }
            M fell = moved & (ayes + ayes > seated[COUNCIL][h]);
            if (!any(fell)) continue;
            V scale = 1.0f / select(fell, ayes, all(1.0f));
            for (int d = 0; d < DIMENSIONS; d++) point[d][h] = select(fell, sums[d] * scale, point[d][h]);
            record(day, FALL, COUNCIL, h, fell);
        }
    }

    void cooptation(int day) {
        for (int b = 0; b < BODIES; b++)
            for (int h = 0; h < H; h++) {
                M fills = (seated[b][h] < (float)peer.capacity[b]) & (draws.uniform(h, word(day, FILL, b)) < peer.chi);
                if (!any(fills)) continue;
                V best = all(-1e9f), who = all(-1.0f);
                for (int s = peer.first[b]; s < peer.first[b + 1]; s++) {
                    const int i = peer.actor[s];
                    V score = peer.noise * draws.uniform(h, word(day, SCORE, i)) - gap[i][h];
                    M better = (sits[s][h] == 0.0f) & ((float)day - left[i][h] >= peer.cooling) & (score > best);
                    best = select(better, score, best);
                    who = select(better, all((float)s), who);
                }
                for (int s = peer.first[b]; s < peer.first[b + 1]; s++) {
                    M taken = fills & (who == (float)s);
                    if (!any(taken)) continue;
                    V one = number(taken);
                    sits[s][h] += one;
                    held[peer.actor[s]][h] += one;
                    seated[b][h] += one;
                    record(day, COOPT, s, h, taken);
                }
            }
    }

    // Daily measures of the lanes that count: `series` is [day][measure][run].
    void measure(float *series, int64_t runs, int64_t done) const {
        for (int h = 0; h < H && h * W < lanes; h++) {
            V rows[MEASURES] = {};
            for (int i = 0; i < ACTORS; i++) {
                rows[VOICE] += voice[i][h];
                rows[MEAN_GAP] += gap[i][h];
            }
            rows[MEAN_GAP] *= 1.0f / ACTORS;
            for (int b = 0; b < BODIES; b++) rows[SEATED] += seated[b][h];
            for (int d = 0; d < DIMENSIONS; d++) rows[POINT + d] = point[d][h];
            const size_t wide = (size_t)(lanes - h * W < W ? lanes - h * W : W);
            for (int m = 0; m < MEASURES; m++) std::memcpy(series + m * runs + done + h * W, &rows[m], wide * sizeof(float));
        }
    }

    void run(float *series, int64_t runs, int64_t done) {
        for (int day = 0; day < DAYS; day++) {
            beliefs();
            stances(day);
            ballots(day);
            confidence(day);
            cooptation(day);
            measure(series + (int64_t)day * MEASURES * runs, runs, done);
        }
    }
};

}  // namespace

extern "C" {

// Runs `runs` histories from `first` on. `series`: [days][measures][runs]. Returns the number of events written to `events`;
// if `room` is not enough for them all, it is `room`. A last block of fewer lanes logs only those.
int64_t peer_run(const Peer *peer, uint64_t seed, int64_t first, int64_t runs, float *series, Event *events, int64_t room) {
    int64_t written = 0;
    for (int64_t done = 0; done < runs; done += LANES) {
        const int64_t lanes = runs - done < LANES ? runs - done : LANES;
        Block block(*peer, seed, first + done, (int32_t)done, (int32_t)lanes, events + written, room - written);
        block.run(series, runs, done);
        written += block.logged;
    }
    return written;
}

int64_t peer_size() { return (int64_t)sizeof(Peer); }

int64_t peer_event_size() { return (int64_t)sizeof(Event); }

// The floor: how long the two dearest operations take by themselves, with nothing else to wait for.
float peer_rate_exponential(int64_t rounds) {
    V x[8], sum = all(0.0f);
    for (int i = 0; i < 8; i++) x[i] = all(-0.01f * (float)(i + 1));
    for (int64_t r = 0; r < rounds; r++)
        for (int i = 0; i < 8; i++) x[i] = exponential(x[i]) - 1.01f;
    for (int i = 0; i < 8; i++) sum += x[i];
    return sum[0];
}

float peer_rate_stream(int64_t rounds) {
    Stream draws = stream(1, 0);
    V sum[8] = {};
    for (int64_t r = 0; r < rounds; r++)
        for (int i = 0; i < 8; i++) sum[i] += draws.uniform(i & 1, (uint64_t)(r * 8 + i));
    for (int i = 1; i < 8; i++) sum[0] += sum[i];
    return sum[0][0];
}
}
