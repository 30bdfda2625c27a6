"""Handing out the files of cases: as downloads, to whoever may see the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from langnghe.casework.accounts import Account
from langnghe.casework.audio import AUDIO_TYPES
from langnghe.casework.claimstate import Claim
from langnghe.casework.desk import Desk
from langnghe.casework.kinds import CLAIM, PETITION, CaseKind
from langnghe.casework.petitionrecords import Petition
from langnghe.casework.roles import Actor, Refused
from langnghe.casework.uploads import MEDIA_TYPES
from langnghe.dashboard.web.forms import Forms
from langnghe.store.files import CaseFiles, FileLost

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    # Even if a browser showed it, nothing in it could act.
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@dataclass(frozen=True, slots=True)
class _Kind:
    kind: CaseKind[Any, Any]
    files: Callable[[Any], Mapping[str, str]]
    """Names by digest, of all files that a case names."""


def _files(case: Claim | Petition) -> Mapping[str, str]:
    return case.files


_KINDS: Final = {"thong-tin": _Kind(CLAIM, _files), "phan-anh": _Kind(PETITION, _files)}
"""By the word in the address."""


def file_address(word: str, case_id: str, digest: str) -> str:
    """Where a file is handed out; `word` is that of `_KINDS`."""
    return f"/tep/{word}/{quote(case_id)}/{digest}"


def download_routes(desk: Callable[[], Desk], files: CaseFiles, forms: Forms) -> list[Route]:
    """The one address under which files are handed out.

    Args:
        desk: gives the desk when it is needed: a home whose petitions.yaml is wrong has pages too.
        files: where the files are.
        forms: shows a refusal.
    """

    def found(actor: Actor, word: str, case_id: str, digest: str) -> tuple[str, bytes] | None:
        kind = _KINDS.get(word)
        if kind is None:
            return None
        name = kind.files(desk().get(kind.kind, case_id, actor).state).get(digest)
        return None if name is None else (name, files.get(case_id, digest))

    async def one(request: Request) -> Response:
        account: Account = request.state.account
        try:
            file = await run_in_threadpool(found, account.actor, **request.path_params)
        except (Refused, FileLost) as error:
            return forms.refusal(str(error), 404 if isinstance(error, FileLost) else 403)
        if file is None:
            return forms.refusal("Không có tệp này. Có thể tệp đã được bỏ khỏi hồ sơ.", 404)
        name, content = file
        headers = {
            **_HEADERS,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        }
        media_type = {**MEDIA_TYPES, **AUDIO_TYPES}[name.rpartition(".")[2]]
        return Response(content, headers=headers, media_type=media_type)

    return [Route("/tep/{word}/{case_id}/{digest}", one)]
