# command: python -m venv v && v/bin/pip install scipy==1.17.1 && v/bin/python harness/measure/statistics/recordings/scipy-values.py > harness/measure/statistics/recordings/scipy-values.json
import json, numpy as np
from scipy import stats, special
rng = np.random.default_rng(20261121)
cases = []
def exact(a, b):
    r = stats.permutation_test((b, a), lambda x, y, axis: stats.mannwhitneyu(x, y, axis=axis, method='asymptotic').statistic,
                               n_resamples=np.inf, alternative='two-sided', vectorized=True)
    u = stats.mannwhitneyu(b, a, method='exact')
    return float(u.statistic), float(u.pvalue), float(r.pvalue)
samples = [
    ([1, 2, 3], [4, 5, 6]), ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), ([1, 3, 5, 7, 9, 11], [2, 4, 6, 8, 10, 12]),
    ([1, 1, 2, 2, 3, 3], [2, 3, 3, 4, 4, 5]), ([5, 5, 5, 5, 5, 5], [5, 5, 5, 5, 5, 5]), ([10, 12, 12, 13, 15], [12, 14, 15, 16, 16, 18]),
]
for n, m, shift in [(6, 6, 0.05), (6, 8, 0.1), (7, 7, 0.1), (8, 8, 0.0)]:
    samples.append(([round(float(x), 4) for x in np.exp(0.05 * rng.standard_normal(n))], [round(float(x), 4) for x in (1 + shift) * np.exp(0.05 * rng.standard_normal(m))]))
for a, b in samples:
    u, p, q = exact(np.array(a, float), np.array(b, float))
    tied = len(set(a + b)) < len(a + b)
    cases.append({"base": a, "head": b, "u": u, "p": q, "exactWithoutTies": None if tied else p,
                  "hodgesLehmann": float(np.median([y - x for x in a for y in b])),
                  "t": float(stats.ttest_ind(b, a).statistic) if np.var(a) + np.var(b) > 0 else None, "tP": float(stats.ttest_ind(b, a).pvalue) if np.var(a) + np.var(b) > 0 else None})
big = []
for n in (10, 12, 20):
    a = [round(float(x), 4) for x in np.exp(0.05 * rng.standard_normal(n))]
    b = [round(float(x), 4) for x in 1.03 * np.exp(0.05 * rng.standard_normal(n))]
    r = stats.mannwhitneyu(b, a, method='exact')
    big.append({"base": a, "head": b, "u": float(r.statistic), "p": float(r.pvalue)})
beta = [{"x": x, "a": a, "b": b, "value": float(special.betainc(a, b, x))} for x in (0.01, 0.2, 0.5, 0.9, 0.999) for a, b in ((0.5, 0.5), (3, 0.5), (29, 0.5), (2, 5))]
student = [{"t": t, "degrees": d, "p": float(2 * stats.t.sf(abs(t), d))} for t in (0, 0.5, -2.1, 4.7, 12) for d in (1, 4, 18, 58)]
# Rises over time: Kendall's test against the order (exact, so without ties only) and the Theil-Sen slope.
rising = []
for n, slope in [(9, 2), (10, 0.2), (14, 0.4), (25, 0.1), (40, 0.1), (12, -0.3)]:
    y = [round(float(i * slope + e), 4) for i, e in enumerate(rng.standard_normal(n))]
    r = stats.kendalltau(range(n), y, method='exact', alternative='greater')
    rising.append({"values": y, "p": float(r.pvalue), "slope": float(stats.theilslopes(y, range(n)).slope)})
print(json.dumps({"scipy": __import__('scipy').__version__, "mannWhitney": cases, "larger": big, "incompleteBeta": beta, "student": student, "rising": rising}, indent=1))
