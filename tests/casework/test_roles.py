"""Who may do what."""

from __future__ import annotations

import pytest

from langnghe.casework.roles import (
    ALLOWED,
    ROLE_NAMES,
    SYSTEM,
    Actor,
    Permission,
    Refused,
    Role,
    require,
)

WORK_ON_POSTS = {
    Permission.READ_POSTS,
    Permission.REVIEW,
    Permission.DRAFT,
    Permission.APPROVE,
    Permission.REPORT,
}


def actor(*roles: Role) -> Actor:
    return Actor("lan", frozenset(roles))


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (Role.COLLABORATOR, "read_posts review report", "assign draft approve see_quality"),
        (Role.EDITOR, "read_posts review report assign draft see_figures", "approve read_audit"),
        (Role.APPROVER, "read_posts approve assign see_quality", "draft review report"),
        (Role.LEADER, "see_figures see_quality", "read_posts review draft approve assign"),
        (Role.ADMINISTRATOR, "manage_users read_audit see_quality", "read_posts see_figures"),
    ],
)
def test_a_role_allows_its_own_work_only(role: Role, may: str, may_not: str) -> None:
    for permission in may.split():
        require(actor(role), Permission(permission))
    for permission in may_not.split():
        with pytest.raises(Refused):
            require(actor(role), Permission(permission))


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_who_leads_or_administers_has_nothing_to_do_with_posts(role: Role) -> None:
    assert ALLOWED[role].isdisjoint(WORK_ON_POSTS)


def test_managing_and_the_audit_log_are_the_administrators_alone() -> None:
    for permission in Permission:
        if permission.startswith("manage_") or permission is Permission.READ_AUDIT:
            assert [role for role in Role if permission in ALLOWED[role]] == [Role.ADMINISTRATOR]


def test_several_roles_allow_what_each_allows() -> None:
    both = actor(Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR)
    allowed = {permission for permission in Permission if both.may(permission)}
    assert allowed == (ALLOWED[Role.APPROVER] | ALLOWED[Role.LEADER] | ALLOWED[Role.ADMINISTRATOR])
    assert Permission.DRAFT not in allowed


@pytest.mark.parametrize("nobody", [actor(), SYSTEM])
def test_without_a_role_nothing_is_allowed(nobody: Actor) -> None:
    assert not any(nobody.may(permission) for permission in Permission)


@pytest.mark.parametrize("permission", Permission)
def test_a_refusal_names_the_account_and_the_cure_in_vietnamese(permission: Permission) -> None:
    with pytest.raises(Refused, match=r"lan không có quyền \w.*quản trị viên") as refusal:
        require(actor(), permission)
    assert permission.value not in str(refusal.value)


def test_every_role_has_a_name_of_its_own_on_screen() -> None:
    assert len({ROLE_NAMES[role] for role in Role}) == len(Role)
