import pytest

from cxlib.interviews.journal_ops import History, fault, in_force

AT = "2026-11-28T15:04:05.{:06d}Z"


@pytest.mark.parametrize(
    ("op", "said"),
    [
        ({"op": 3}, "op=3 is none of"),
        ({"op": "remove", "id": "c"}, "op_id is not there"),
        ({"op": "remove", "op_id": "", "id": "c"}, "1 to 200 characters"),
        ({"op": "remove", "op_id": "x" * 201, "id": "c"}, "1 to 200 characters"),
        ({"op": "read", "op_id": "x", "document": "a", "to": -1}, "to=-1 must be a whole number"),
        ({"op": "read", "op_id": "x", "document": "a", "to": True}, "to=True must be"),
        ({"op": "read", "op_id": "x", "document": "a", "to": 1.0}, "to=1.0 must be"),
        ({"op": "edit", "op_id": "x", "id": "c", "start": 1}, "given together"),
        ({"op": "edit", "op_id": "x", "id": "c", "uncertain": 1}, "true or false"),
        ({"op": "edit", "op_id": "x", "id": "c", "from": [1]}, "must be a list"),
        ({"op": "undo", "op_id": "x"}, "undoes=None must be the op_id"),
        ({"op": "undo", "op_id": "x", "undoes": []}, "undoes=[] must be the op_id"),
        ({"op": "undo", "op_id": "x", "undoes": ["a", 1]}, "must be the op_id"),
    ],
)
def test_the_form_of_an_operation_is_checked(op, said):
    assert said in fault(op, stamped=False)


def test_an_operation_of_the_right_form_has_no_fault():
    assert fault({"op": "undo", "op_id": "x", "undoes": ["a"], "at": AT.format(1)}) == ""
    assert "must be a time" in fault({"op": "remove", "op_id": "x", "id": "c", "at": "today"})


def test_undos_that_name_each_other_leave_what_is_before_them():
    ops = [
        {"op": "undo", "op_id": "a", "undoes": "b", "at": AT.format(1)},
        {"op": "undo", "op_id": "b", "undoes": "a", "at": AT.format(2)},
        {"op": "read", "op_id": "c", "document": "d", "to": 1, "at": AT.format(3)},
    ]
    assert [op["op_id"] for op in in_force(ops)] == ["c"]
    history = History(reversed(ops))
    assert history.state.read_to == {"d": 1}
    assert "a" in history
    assert history["c"]["to"] == 1


def test_of_two_copies_of_one_operation_the_earlier_counts():
    copies = [
        {"op": "read", "op_id": "c", "document": "d", "to": to, "at": AT.format(to)}
        for to in (5, 2)
    ]
    for order in (copies, copies[::-1]):
        history = History(order)
        assert (len(history), history.state.read_to) == (1, {"d": 2})
