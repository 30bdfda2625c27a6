"""Who may do what: roles, what each allows, and the refusal of what is not allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from langnghe.core.errors import LangNgheError


class Refused(LangNgheError):  # noqa: N818 - no fault of the program, but a rule at work
    """A rule or the actor's role does not allow the action; nothing was changed.

    The message says in Vietnamese what stands in the way and what to do.
    """


class Role(StrEnum):
    """What an account is for (design.md, "Who uses it"). An account may hold several."""

    COLLABORATOR = "collaborator"
    EDITOR = "editor"
    APPROVER = "approver"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """A kind of work that a role may allow."""

    READ_POSTS = "read_posts"
    """Without it no text of a post is ever sent to the browser."""
    REVIEW = "review"
    ASSIGN = "assign"
    DRAFT = "draft"
    APPROVE = "approve"
    REPORT = "report"
    """Hand in field reports of one's own."""
    SEE_FIGURES = "see_figures"
    SEE_QUALITY = "see_quality"
    MANAGE_SOURCES = "manage_sources"
    MANAGE_TOPICS = "manage_topics"
    MANAGE_USERS = "manage_users"
    MANAGE_STORAGE = "manage_storage"
    """How long texts are kept, and backups."""
    READ_AUDIT = "read_audit"


ROLE_NAMES: Final[Mapping[Role, str]] = {
    Role.COLLABORATOR: "Cộng tác viên dư luận xã hội",
    Role.EDITOR: "Biên tập viên",
    Role.APPROVER: "Người phê duyệt",
    Role.LEADER: "Lãnh đạo",
    Role.ADMINISTRATOR: "Quản trị viên",
}
"""As shown on screen."""

_COLLABORATOR = frozenset({Permission.READ_POSTS, Permission.REVIEW, Permission.REPORT})
_FIGURES = frozenset({Permission.SEE_FIGURES, Permission.SEE_QUALITY})

ALLOWED: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.COLLABORATOR: _COLLABORATOR,
    Role.EDITOR: _COLLABORATOR | _FIGURES | {Permission.ASSIGN, Permission.DRAFT},
    Role.APPROVER: _FIGURES | {Permission.READ_POSTS, Permission.APPROVE, Permission.ASSIGN},
    # Figures only, no posts.
    Role.LEADER: _FIGURES,
    # Runs the service; what people said is not needed for that.
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.MANAGE_SOURCES,
            Permission.MANAGE_TOPICS,
            Permission.MANAGE_USERS,
            Permission.MANAGE_STORAGE,
            Permission.READ_AUDIT,
            Permission.SEE_QUALITY,
        }
    ),
}

_WORK: Final[Mapping[Permission, str]] = {
    Permission.READ_POSTS: "xem bài đăng",
    Permission.REVIEW: "xét duyệt",
    Permission.ASSIGN: "phân công",
    Permission.DRAFT: "soạn thảo",
    Permission.APPROVE: "phê duyệt",
    Permission.REPORT: "gửi phiếu phản ánh",
    Permission.SEE_FIGURES: "xem số liệu",
    Permission.SEE_QUALITY: "xem chất lượng",
    Permission.MANAGE_SOURCES: "quản lý nguồn tin",
    Permission.MANAGE_TOPICS: "quản lý chủ đề",
    Permission.MANAGE_USERS: "quản lý người dùng",
    Permission.MANAGE_STORAGE: "quản lý lưu trữ và sao lưu",
    Permission.READ_AUDIT: "xem nhật ký hoạt động",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: an account of the service with its roles, never a citizen."""

    account: str
    roles: frozenset[Role]

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles allows it."""
        return any(permission in ALLOWED[role] for role in self.roles)


SYSTEM: Final = Actor("hệ thống", frozenset())
"""The service itself, where no person acts. No account can have its name: it holds a space."""


def require(actor: Actor, permission: Permission) -> None:
    """Let pass an actor who may.

    Raises:
        Refused: none of the actor's roles allows it.
    """
    if not actor.may(permission):
        raise Refused(
            f"Tài khoản {actor.account} không có quyền {_WORK[permission]}. "
            "Hãy nhờ người có quyền làm việc này, hoặc đề nghị quản trị viên cấp thêm vai trò."
        )
