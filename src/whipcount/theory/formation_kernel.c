/* The innermost loop of the mixed logit: simulated chances of choices and their slopes, choice by choice and draw by
   draw. `formation_mixed.py` has the same in NumPy. */

#include <math.h>
#include <stdint.h>

/* rows: covariates of all alternatives, (rows, number); start: first row of each choice, choices + 1; chosen: row of
   each; random: which coefficients vary; normal: (draws, choices, varying). Found: chance of the chosen alternative by
   draw and choice; slope of each choice, (choices, number + varying), weighted by that chance; chances of all rows,
   summed over draws. utility, sum: room for the alternatives of one choice, and for its covariates. */
void simulate(int64_t choices, const int64_t *start, const int64_t *chosen, int64_t number, const double *rows,
              int64_t varying, const int64_t *random, const double *mean, const double *spread, int64_t draws,
              const double *normal, double *chance, double *slope, double *total, double *base, double *utility,
              double *sum) {
  for (int64_t choice = 0; choice < choices; choice++) {
    int64_t first = start[choice], length = start[choice + 1] - first, own = chosen[choice] - first;
    const double *table = rows + first * number, *taken = table + own * number;
    double *along = slope + choice * (number + varying);
    for (int64_t row = 0; row < length; row++) {
      base[row] = 0.0;
      for (int64_t k = 0; k < number; k++) base[row] += table[row * number + k] * mean[k];
    }
    for (int64_t k = 0; k < number + varying; k++) along[k] = 0.0;
    for (int64_t draw = 0; draw < draws; draw++) {
      const double *z = normal + (draw * choices + choice) * varying;
      double most = -INFINITY, whole = 0.0;
      for (int64_t row = 0; row < length; row++) {
        double u = base[row];
        for (int64_t q = 0; q < varying; q++) u += spread[q] * z[q] * table[row * number + random[q]];
        utility[row] = u;
        if (u > most) most = u;
      }
      for (int64_t k = 0; k < number; k++) sum[k] = 0.0;
      for (int64_t row = 0; row < length; row++) {
        double weight = exp(utility[row] - most);
        utility[row] = weight;
        whole += weight;
        for (int64_t k = 0; k < number; k++) sum[k] += weight * table[row * number + k];
      }
      for (int64_t row = 0; row < length; row++) total[first + row] += utility[row] / whole;
      double here = utility[own] / whole;
      chance[draw * choices + choice] = here;
      for (int64_t k = 0; k < number; k++) along[k] += here * (taken[k] - sum[k] / whole);
      for (int64_t q = 0; q < varying; q++)
        along[number + q] += here * z[q] * (taken[random[q]] - sum[random[q]] / whole);
    }
  }
}
