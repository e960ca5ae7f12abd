"""Fits logistic regressions with scikit-learn: FOLDER fit L2, or FOLDER cross-validate.

FOLDER holds features.f32 and categories.i32; for cross-validation also folds.i32 and groups.i32.
Answers in JSON.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

INNER_FOLDS = 4
PENALTIES = [1.0, 0.3, 0.1, 0.03, 0.01, 0.003]


def read(folder):
    categories = np.fromfile(folder / "categories.i32", dtype=np.int32)
    features = np.fromfile(folder / "features.f32", dtype=np.float32)
    return features.reshape(len(categories), -1), categories


def standardised(features):
    deviation = features.std(axis=0, dtype=np.float64)
    deviation[deviation < 1e-6] = 1
    return ((features - features.mean(axis=0, dtype=np.float64)) / deviation).astype(np.float32)


def fit(folder, l2):
    features, categories = read(folder)
    rows = standardised(features)
    model = LogisticRegression(C=1 / (len(rows) * l2), max_iter=1000)
    started = time.perf_counter()
    model.fit(rows, categories)
    seconds = time.perf_counter() - started
    scores = model.predict_proba(rows.astype(np.float64))
    penalty = l2 / 2 * float((model.coef_.astype(np.float64) ** 2).sum())
    loss = log_loss(categories, scores, labels=model.classes_) + penalty
    return {"seconds": seconds, "loss": loss, "steps": int(model.n_iter_.max())}


def chosen_penalty(features, categories, groups):
    """The penalty with the lowest cross-entropy in folds that keep groups together."""
    best = (np.inf, 0.1)
    for l2 in PENALTIES:
        losses = []
        for train, test in GroupKFold(INNER_FOLDS).split(features, categories, groups):
            model = with_penalty(l2, len(train)).fit(features[train], categories[train])
            known = np.isin(categories[test], model.classes_)
            scores = model.predict_proba(features[test][known])
            losses.append(log_loss(categories[test][known], scores, labels=model.classes_))
        best = min(best, (float(np.mean(losses)), l2))
    return best[1]


def with_penalty(l2, images):
    return make_pipeline(StandardScaler(), LogisticRegression(C=1 / (images * l2), max_iter=3000))


def cross_validate(folder):
    features, categories = read(folder)
    folds = np.fromfile(folder / "folds.i32", dtype=np.int32)
    groups = np.fromfile(folder / "groups.i32", dtype=np.int32)

    def as_it_is(train):
        return LogisticRegression(max_iter=3000).fit(features[train], categories[train])

    def standardised_first(train):
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000))
        return model.fit(features[train], categories[train])

    def with_chosen_penalty(train):
        l2 = chosen_penalty(features[train], categories[train], groups[train])
        return with_penalty(l2, len(train)).fit(features[train], categories[train])

    ways = {
        "as it is": as_it_is,
        "standardised": standardised_first,
        "standardised, penalty chosen": with_chosen_penalty,
    }
    right = {}
    for name, way in ways.items():
        is_right = np.zeros(len(categories), dtype=bool)
        for fold in np.unique(folds):
            test = folds == fold
            train = np.flatnonzero(~test)
            is_right[test] = way(train).predict(features[test]) == categories[test]
        right[name] = is_right.tolist()
    return right


def main():
    warnings.simplefilter("error", ConvergenceWarning)
    folder = Path(sys.argv[1])
    if sys.argv[2] == "fit":
        answer = fit(folder, float(sys.argv[3]))
    else:
        answer = cross_validate(folder)
    json.dump(answer, sys.stdout)


main()
