"""Which page template for whom, learned while people click? A bandit over recognised types.

A template that suits one type need not suit the next, the type is only guessed, and every
visitor shown a template to learn from it is a visitor too. Hauser, Urban, Liberali and Braun
(2009), Website Morphing, Marketing Science 28(2), settle it so: each type has a Beta belief
about every template's conversion, a visitor's outcome counts for each type by the probability
that the visitor is of it, and the choice weighs what is known against what may be learned. They
take the expected Gittins index; here Thompson sampling (a draw from the belief) or
epsilon-greedy stands in its place. Counting an outcome in fractions is theirs; it is close to
Bayes' rule where types are recognised well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

from crmlab.checks import one_of, whole_number

Floats = NDArray[np.float64]
RULES = ("thompson", "epsilon-greedy")
_BLOCK = 2**20


@dataclass(frozen=True)
class TemplateBandit:
    """What is believed of every template's conversion among every type; never changed, replaced.

    Parameters
    ----------
    wins, losses : array, shape (n_types, n_templates)
        Parameters of the Beta beliefs, > 0. `TemplateBandit.new` gives ignorance.
    rule : str
        One of `RULES`.
    epsilon : float
        Share of random choices of ``"epsilon-greedy"``, from 0 to 1.

    Raises
    ------
    ValueError
        The arrays are not of one shape or not positive, or the rule is another.

    Examples
    --------
    Two types whose tastes differ, both recognised for sure:

    >>> bandit = TemplateBandit.new(types=2, templates=2)
    >>> people = np.array([[1.0, 0.0], [0.0, 1.0]]).repeat(200, axis=0)
    >>> shown = np.tile([0, 1], 200)
    >>> bandit = bandit.update(people, shown, shown == people.argmax(axis=1))
    >>> bandit.choose([[1.0, 0.0], [0.0, 1.0]], seed=1).tolist()
    [0, 1]
    """

    wins: Floats
    losses: Floats
    rule: str = "thompson"
    epsilon: float = 0.1

    def __post_init__(self) -> None:
        one_of("rule", self.rule, RULES)
        if not 0 <= self.epsilon <= 1:
            raise ValueError(f"epsilon must be in [0, 1], got {self.epsilon!r}.")
        for name in ("wins", "losses"):
            beliefs = np.asarray(getattr(self, name), dtype=np.float64)
            if beliefs.ndim != 2 or not (np.isfinite(beliefs) & (beliefs > 0)).all():
                raise ValueError(f"{name} must be finite, > 0, types by templates, got {beliefs}.")
            object.__setattr__(self, name, beliefs)
        if self.wins.shape != self.losses.shape:
            raise ValueError(
                f"wins and losses must have one shape, got {self.wins.shape} and "
                f"{self.losses.shape}."
            )

    @classmethod
    def new(cls, types: int, templates: int, **options: object) -> TemplateBandit:
        """A bandit that knows nothing: Beta(1, 1) everywhere. Options: ``rule``, ``epsilon``.

        With one type it learns the best single template.
        """
        whole_number("types", types, 1, 10_000)
        whole_number("templates", templates, 1, 10_000)
        one = np.ones((types, templates))
        return cls(one, one, **options)  # type: ignore[arg-type]

    @property
    def conversion(self) -> pd.DataFrame:
        """Expected conversion: one row a type, one column a template."""
        return pd.DataFrame(self.wins / (self.wins + self.losses))

    def choose(self, posterior: ArrayLike, seed: int) -> NDArray[np.int64]:
        """A template for each visitor, with luck from a seed.

        Parameters
        ----------
        posterior : array, shape (n_visitors, n_types)
            Probability of each type, rows adding up to 1: what ``posterior_after`` gives.
        seed : int
            A new one for every batch.

        Returns
        -------
        array of int, shape (n_visitors,)
            Templates from 0 on.
        """
        types = self._posterior(posterior)
        shape = (len(types), self._luck)
        return self._choose(types, np.random.default_rng(seed).random(shape))

    def choose_with(self, posterior: ArrayLike, uniforms: ArrayLike) -> NDArray[np.int64]:
        """A template for each visitor, with luck that the caller brings.

        The same luck under another policy makes a paired experiment.

        Parameters
        ----------
        posterior : array, shape (n_visitors, n_types)
        uniforms : array, shape (n_visitors, n_types * n_templates) or (n_visitors, 2)
            Between 0 and 1: a draw for every belief with ``"thompson"``; with
            ``"epsilon-greedy"`` whether to explore, and what.

        Returns
        -------
        array of int, shape (n_visitors,)
        """
        types, u = self._posterior(posterior), np.asarray(uniforms, dtype=np.float64)
        if u.shape != (len(types), self._luck):
            raise ValueError(
                f"uniforms must be of shape {(len(types), self._luck)}, got {u.shape}."
            )
        if not ((u >= 0) & (u <= 1)).all():
            raise ValueError("uniforms must be in [0, 1].")
        return self._choose(types, u)

    def update(
        self, posterior: ArrayLike, template: ArrayLike, converted: ArrayLike
    ) -> TemplateBandit:
        """The beliefs after these visitors, each counting for every type by its probability.

        Parameters
        ----------
        posterior : array, shape (n_visitors, n_types)
        template : array of int, shape (n_visitors,)
            What each was shown.
        converted : array of 0 and 1, shape (n_visitors,)

        Returns
        -------
        TemplateBandit
            A new one. The order of the visitors does not matter.
        """
        types, shown = self._posterior(posterior), np.asarray(template)
        won = np.asarray(converted, dtype=np.float64)
        n = self.wins.shape[1]
        if shown.shape != (len(types),) or won.shape != (len(types),):
            raise ValueError(
                f"template and converted must have one entry for each of {len(types)} visitors, "
                f"got shapes {shown.shape} and {won.shape}."
            )
        if not np.isin(shown, np.arange(n)).all():
            raise ValueError(f"template must be from 0 to {n - 1}, got {shown.max()}.")
        if not np.isin(won, [0, 1]).all():
            raise ValueError("converted must hold 0 and 1 only.")
        which = np.eye(n)[shown.astype(np.int64)]
        return replace(
            self,
            wins=self.wins + types.T @ (which * won[:, None]),
            losses=self.losses + types.T @ (which * (1 - won)[:, None]),
        )

    @property
    def _luck(self) -> int:
        return self.wins.size if self.rule == "thompson" else 2

    def _choose(self, types: Floats, u: Floats) -> NDArray[np.int64]:
        if self.rule == "thompson":
            return self._thompson(types, u)
        n = self.wins.shape[1]
        best = (types @ self.conversion.to_numpy()).argmax(axis=1)
        other = np.minimum((u[:, 1] * n).astype(np.int64), n - 1)
        return np.where(u[:, 0] < self.epsilon, other, best)

    def _thompson(self, types: Floats, u: Floats) -> NDArray[np.int64]:
        k, n = self.wins.shape
        chosen = np.empty(len(types), dtype=np.int64)
        size = max(1, _BLOCK // (k * n))
        for begin in range(0, len(types), size):
            part = slice(begin, begin + size)
            draw = betaincinv(self.wins, self.losses, u[part].reshape(-1, k, n))
            chosen[part] = np.einsum("vk,vkn->vn", types[part], draw).argmax(axis=1)
        return chosen

    def _posterior(self, posterior: ArrayLike) -> Floats:
        types = np.asarray(posterior, dtype=np.float64)
        if types.ndim != 2 or types.shape[1] != len(self.wins):
            raise ValueError(
                f"posterior must have one column for each of {len(self.wins)} types, "
                f"got shape {types.shape}."
            )
        if not ((types >= 0).all() and np.allclose(types.sum(axis=1), 1.0)):
            raise ValueError("posterior must hold probabilities; each row must add up to 1.")
        return types
