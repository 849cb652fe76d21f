"""Is a layout one from which a chemist can still read the rings?"""
import numpy as np

MINIMUM_DISTANCE = 0.38  # of the median bond; atoms nearer than that lie on top of each other
CROSSINGS_OF_A_BRIDGE = 2  # crossing pairs of bonds that are allowed for each bridgehead atom


def rings(atoms, bonds):
    """Bonds - atoms + fragments: the number of independent rings of the drawn graph."""
    parent = list(range(len(atoms)))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    closing = 0
    for a, b in bonds:
        a, b = root(a), root(b)
        closing += a == b
        parent[a] = b
    return closing


def unreadable(atoms, bonds, bridgeheads):
    """Says why nobody could read this layout, or returns None.

    atoms: (n, 2) coordinates in any unit; bonds: pairs of their numbers;
    bridgeheads: how many bridgehead atoms the molecule has, since bridges may cross.
    """
    atoms = np.asarray(atoms, float)
    if len(atoms) < 2 or not len(bonds):
        return None
    a, b = np.asarray(bonds).T
    joined = sorted(set(a) | set(b))  # lone ions lie anywhere
    median = np.median(np.hypot(*(atoms[a] - atoms[b]).T))
    points = atoms[joined]
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    if apart.min() < MINIMUM_DISTANCE * median:
        return "atoms on top of each other"
    if crossings(atoms, a, b) > CROSSINGS_OF_A_BRIDGE * bridgeheads:
        return "crossing bonds"
    return None


def crossings(atoms, a, b):
    """How many pairs of bonds without a common atom cross."""
    def side(p, q, r):
        return np.sign((q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0]))

    i, j = np.triu_indices(len(a), 1)
    apart = (a[i] != a[j]) & (a[i] != b[j]) & (b[i] != a[j]) & (b[i] != b[j])
    i, j = i[apart], j[apart]
    p, q, r, s = atoms[a[i]], atoms[b[i]], atoms[a[j]], atoms[b[j]]
    return int(((side(p, q, r) * side(p, q, s) < 0) & (side(r, s, p) * side(r, s, q) < 0)).sum())
