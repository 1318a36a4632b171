"""The parameters `where` and `only` -> the condition on each file's rows.

A column of `only` that the file of customers has says which customers are looked at: of the orders
and of the subscriptions, theirs alone are read. One that the orders have says which orders count
as activity, as `where` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cxlib.errors import ColumnError
from cxlib.retention.parameters import Parameters
from cxlib.rows import names
from cxlib.rows.conditions import Condition, among, both, choose
from cxlib.sources import read_list
from cxlib.sources.headers import read_header


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """The condition on each file's rows; None where all are read."""

    orders: Condition | None = None
    customers: Condition | None = None
    of_customers: Condition | None = None  # on every other file that names customers


def choose_rows(p: Parameters) -> ChosenRows:
    """Return the conditions on the rows of the files that the parameters name.

    Raises
    ------
    ColumnError
        If both the orders and the file of customers have a column of `only`.
    EmptyDataError
        If no customer is chosen.
    """
    if p.customers is None or not p.only:
        return ChosenRows(orders=choose(p.where, p.only))
    listed = read_header(p.customers)
    of_people = {name: value for name, value in p.only.items() if listed.has(name)}
    _refuse_in_both(p, of_people)
    of_orders = {name: value for name, value in p.only.items() if name not in of_people}
    orders, customers = choose(p.where, of_orders), choose(None, of_people)
    if customers is None:
        return ChosenRows(orders=orders)
    ids = names.fold(read_list(p.customers, where=customers).frame[p.customer]).values.dropna()
    theirs = among(customers, p.customer, ids, file=p.customers.name)
    return ChosenRows(both(orders, theirs), customers, theirs)


def _refuse_in_both(p: Parameters, of_people: Iterable[str]) -> None:
    if p.orders is None:
        return
    ordered = read_header(p.orders, sheet=p.sheet)
    for name in of_people:
        if ordered.has(name):
            raise ColumnError(
                f"only={{{name!r}: …}}: both orders and customers have this column, and it may be "
                "the customer's or the order's; call it something else in one of the files"
            )
