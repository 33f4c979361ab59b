"""What kind of project is it? Every number of the introduction of a CRM system, with its source.

A world of its own, without customers: a firm brings in a CRM system (lecture notes, 8.8), and
what differs between projects is luck: how long tasks take, how many records are wrong, and
whether the programme will pay. Numbers are *assumed* unless a source is given. `project_lives`
lives many such projects through.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from crmlab.market.parameters import ASSUMED, Market, check_field
from crmlab.market.parameters import number as _p
from crmlab.market.parameters import words as _w
from crmlab.strategic.implementation import AFTER, TIME_ITEMS, Adoption, Prices, System, Task

_TIME, _DATA, _COST, _USE, _PAYS = (
    "Project: time", "Project: data", "Project: cost", "Project: use", "Project: does it pay?"
)  # fmt: skip
FOLKLORE = (
    "assumed; about 70 % of projects without bottom-line gain: Gartner 2003, as cited by Reinartz, "
    "Krafft and Hoyer 2004; folklore"
)


@dataclass(frozen=True, repr=False)
class Project(Market):
    """A frozen description of a project; `replace` makes another one.

    Examples
    --------
    >>> Project().replace(correlation=0.0).correlation
    0.0
    """

    name: str = "project"
    what: str = "a firm brings in a CRM system"

    # -- time
    investigation_weeks: float = _p(6.0, _TIME, "weeks", "most likely", ASSUMED, 0, 500)
    design_weeks: float = _p(8.0, _TIME, "weeks", "most likely", ASSUMED, 0, 500)
    coding_weeks: float = _p(14.0, _TIME, "weeks", "most likely", ASSUMED, 0, 500)
    data_input_weeks: float = _p(18.0, _TIME, "weeks", "most likely, with the usual share of wrong "
                                 "records", ASSUMED, 0, 500)  # fmt: skip
    piloting_weeks: float = _p(6.0, _TIME, "weeks", "most likely", ASSUMED, 0, 500)
    testing_weeks: float = _p(5.0, _TIME, "weeks", "most likely", ASSUMED, 0, 500)
    early: float = _p(0.8, _TIME, "times", "optimistic weeks against the most likely ones",
                      ASSUMED, 0.01, 1)  # fmt: skip
    late: float = _p(2.0, _TIME, "times", "pessimistic weeks against the most likely ones",
                     ASSUMED, 1, 10)  # fmt: skip
    correlation: float = _p(0.4, _TIME, "", "between the luck of two tasks of a project",
                            ASSUMED, 0, 1, "r")  # fmt: skip
    padding: float = _p(0.0, _TIME, "share", "added to the plan by a careful planner",
                        ASSUMED, 0, 5)  # fmt: skip

    # -- data
    defect_mean: float = _p(0.25, _DATA, "share", "of the records that are wrong, mean of projects",
                            ASSUMED, 0, 0.9)  # fmt: skip
    defect_concentration: float = _p(4.0, _DATA, "", "sum of the beta parameters of it",
                                     ASSUMED, 0.1, 1e4)  # fmt: skip
    defect_usual: float = _p(0.25, _DATA, "share", "wrong records that the estimate reckons with",
                             ASSUMED, 0, 0.9)  # fmt: skip
    audit_finds: float = _p(0.6, _DATA, "share", "of the wrong records that an audit finds, and "
                            "that are put right in time", ASSUMED, 0, 1)  # fmt: skip
    audit_weeks: float = _p(2.0, _DATA, "weeks", "most likely, before anything else begins",
                            ASSUMED, 0, 100)  # fmt: skip
    audit_eur: float = _p(8_000.0, _DATA, "EUR", "an audit of the data, with the cleaning",
                          ASSUMED, 0, 1e7)  # fmt: skip

    # -- cost
    users: float = _p(45.0, _COST, "staff", "who have access", ASSUMED, 1, 1e5)
    fee_eur: float = _p(65.0, _COST, "EUR/user/month", "hosted", ASSUMED, 0, 1e4)
    licence_eur: float = _p(900.0, _COST, "EUR/user", "own servers, once", ASSUMED, 0, 1e5)
    server_eur: float = _p(12_000.0, _COST, "EUR", "a machine for 250 users, every 5 years",
                           ASSUMED, 0, 1e7)  # fmt: skip
    administrator_eur: float = _p(65_000.0, _COST, "EUR/year", "a full-time administrator",
                                  ASSUMED, 0, 1e6)  # fmt: skip
    administrator_least: float = _p(0.5, _COST, "persons", "least that own servers need",
                                    ASSUMED, 0, 10)  # fmt: skip
    users_per_administrator: float = _p(400.0, _COST, "staff", "beside what a hosted system needs",
                                        ASSUMED, 1, 1e6)  # fmt: skip
    upgrade: float = _p(0.4, _COST, "share of the licence", "a new version, every 3 years",
                        ASSUMED, 0, 5)  # fmt: skip
    years: float = _p(5.0, _COST, "years", "over which hosted and own are compared; rounded",
                      ASSUMED, 1, 50)  # fmt: skip
    overrun_log_sd: float = _p(0.25, _COST, "", "standard deviation of the log of a cost against "
                               "its estimate", ASSUMED, 0, 2)  # fmt: skip
    team_eur: float = _p(2_500.0, _COST, "EUR/week", "the firm's own people in the project",
                         ASSUMED, 0, 1e6)  # fmt: skip
    roll_out_eur: float = _p(600.0, _COST, "EUR/user", "moving the staff over", ASSUMED, 0, 1e5)
    rate: float = _p(0.08, _COST, "1/year", "discount rate", ASSUMED, 0, 1)

    # -- use
    start: float = _p(0.01, _USE, "1/week", "staff who begin to use it of themselves", ASSUMED,
                      1e-4, 1, "p")  # fmt: skip
    contagion: float = _p(0.08, _USE, "1/week", "staff who begin because of colleagues", ASSUMED,
                          0, 5, "q")  # fmt: skip
    ceiling: float = _p(0.6, _USE, "share", "of the staff that will ever use it", ASSUMED, 0, 1)
    trained_start: float = _p(0.04, _USE, "1/week", "as start, after training", ASSUMED, 1e-4, 1)
    trained_ceiling: float = _p(0.85, _USE, "share", "as ceiling, after training", ASSUMED, 0, 1)
    training_lead: float = _p(4.0, _USE, "weeks", "of practice before the first day, by training",
                              ASSUMED, 0, 100)  # fmt: skip
    training_eur: float = _p(500.0, _USE, "EUR/user", "training, with the time of the trained",
                             ASSUMED, 0, 1e5)  # fmt: skip
    life_weeks: float = _p(208.0, _USE, "weeks", "from the project's beginning until the system is "
                           "replaced", ASSUMED, 1, 2_000)  # fmt: skip

    # -- does it pay?
    pays_share: float = _p(0.3, _PAYS, "share", "of programmes that pay", FOLKLORE, 0, 1)
    use_eur: float = _p(240.0, _PAYS, "EUR/user/week", "margin gained by each user, if it pays",
                        ASSUMED, 0, 1e5)  # fmt: skip
    pilot_tells: float = _p(1.5, _PAYS, "standard deviations", "between what a pilot shows of "
                            "programmes that pay and of others", ASSUMED, 0, 20)  # fmt: skip
    pilot_eur: float = _p(10_000.0, _PAYS, "EUR", "a pilot, beside its weeks", ASSUMED, 0, 1e7)
    pilot_after: str = _w("coding", _PAYS, "what the pilot waits for: a standard version that "
                          "somebody else hosts can be tried before anything is designed",
                          ("coding", "investigation"), ASSUMED)  # fmt: skip

    def __post_init__(self) -> None:
        for f in dataclasses.fields(self):
            check_field(f, getattr(self, f.name))

    def task(self, name: str) -> Task:
        """One of the tasks, with its three estimates: the lecture's items, or ``"audit"``."""
        likely = getattr(self, f"{name.replace(' ', '_')}_weeks")
        return Task(name, self.early * likely, likely, self.late * likely, AFTER.get(name, ()))

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The lecture's six items with their three estimates, each after what it waits for."""
        items = {name: self.task(name) for name in TIME_ITEMS}
        if self.pilot_after == "coding":
            return tuple(items.values())
        first, pilot = items.pop("investigation"), items.pop("piloting")
        pilot = dataclasses.replace(pilot, after=(first.name,))
        design = dataclasses.replace(items.pop("design"), after=(pilot.name,))
        testing = dataclasses.replace(items.pop("testing"), after=("coding", "data input"))
        return (first, pilot, design, *items.values(), testing)

    @property
    def system(self) -> System:
        """The system by the lecture's factors of cost."""
        return System(users=self.users)

    @property
    def prices(self) -> Prices:
        """What the parts of the system cost."""
        names = {f.name for f in dataclasses.fields(Prices)}
        own = [f.name for f in dataclasses.fields(self) if f.name in names]
        return Prices(**{name: getattr(self, name) for name in own})

    def adoption(self, trained: bool = False) -> Adoption:
        """How the staff takes to it, with or without training."""
        if trained:
            return Adoption(
                self.trained_start, self.contagion, self.trained_ceiling, self.training_lead
            )
        return Adoption(self.start, self.contagion, self.ceiling)
