"""GitHub's REST objects, written from what happened in the made-up repositories until now."""

import base64
from datetime import UTC, datetime
from typing import Any

from connectors.github.sandbox.world import (
    ORGANISATION,
    Account,
    Comment,
    Commit,
    DatedItem,
    GitHubWorld,
    Repo,
    Thread,
)
from connectors.sandbox.community import SECOND
from connectors.sandbox.text import TEXT_MARK
from connectors.sandbox.texture import TEXTURE

HTML = "https://github.sandbox.invalid"
ORGANISATION_ID = 800
_USER_LINKS = (
    "events followers following gists organizations received_events repos starred subscriptions"
)
_REPO_LINKS = (
    "archive assignees blobs branches collaborators comments commits compare contents contributors "
    "deployments downloads events forks git_commits git_refs git_tags hooks issue_comment "
    "issue_events issues keys labels languages merges milestones notifications pulls releases "
    "stargazers statuses subscribers subscription tags teams trees"
)

Row = dict[str, Any]


def iso(at: int) -> str:
    """A time as GitHub writes it: whole seconds, UTC."""
    return datetime.fromtimestamp(at // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_or_none(at: int, now: int) -> str | None:
    """The same of something that may not have happened yet."""
    return iso(at) if 0 < at <= now else None


def node_id(kind: str, number: object) -> str:
    """An opaque id as GraphQL knows it."""
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def text(number: int) -> str:
    """A title or a body; every one carries the mark to search for."""
    openers = TEXTURE.words.openers
    return f"{openers[number % len(openers)]}, {TEXT_MARK}"


class Rows:
    """Writes rows with addresses that begin with `url`, as of `now`."""

    def __init__(self, world: GitHubWorld, url: str, now: int) -> None:
        self.world, self.url, self.now = world, url, now

    def user(self, who: Account | None) -> Row | None:
        """A simple user; of a deleted account, none."""
        if who is None:
            return None
        return self._user(who.login, who.id, "Bot" if who.is_bot else "User")

    def _user(self, login: str, id: int, kind: str) -> Row:
        url = f"{self.url}/users/{login}"
        links = {f"{name}_url": f"{url}/{name}" for name in _USER_LINKS.split()}
        return links | {
            "login": login,
            "id": id,
            "node_id": node_id(kind, id),
            "avatar_url": f"{HTML}/avatars/{id}",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{HTML}/{login}",
            "type": kind,
            "site_admin": False,
        }

    def repository(self, repo: Repo) -> Row:
        """A full repository."""
        url = f"{self.url}/repos/{repo.full_name}"
        stars = sum(item.at <= self.now for item in repo.stars)
        forks = sum(item.at <= self.now for item in repo.forks)
        threads = [t for t in repo.threads if t.kind != "discussion" and t.at <= self.now]
        is_open = [not 0 < thread.closed_at <= self.now for thread in threads]
        pushed = [c.committed_at for c in repo.commits if c.committed_at <= self.now]
        html_url = f"{HTML}/{repo.full_name}"
        return {f"{name}_url": f"{url}/{name}" for name in _REPO_LINKS.split()} | {
            "id": repo.id,
            "node_id": node_id("Repository", repo.id),
            "name": repo.name,
            "full_name": repo.full_name,
            "owner": self._user(ORGANISATION, ORGANISATION_ID, "Organization"),
            "private": False,
            "html_url": html_url,
            "description": text(repo.id),
            "fork": repo.is_fork,
            "url": url,
            "clone_url": f"{html_url}.git",
            "git_url": f"{html_url}.git",
            "ssh_url": f"{html_url}.git",
            "svn_url": html_url,
            "mirror_url": None,
            "homepage": None,
            "language": None,
            "license": None,
            "default_branch": "main",
            "has_issues": True,
            "has_projects": False,
            "has_wiki": False,
            "has_pages": False,
            "has_discussions": True,
            "archived": repo.is_archived,
            "disabled": False,
            "size": len(repo.commits),
            "forks": forks,
            "forks_count": forks,
            "network_count": forks,
            "open_issues": sum(is_open),
            "open_issues_count": sum(is_open),
            "watchers": stars,
            "watchers_count": stars,
            "stargazers_count": stars,
            "subscribers_count": 1,
            "created_at": iso(repo.created_at),
            "updated_at": iso(max([repo.created_at, *pushed])),
            "pushed_at": iso(max([repo.created_at, *pushed])),
        }

    def issue(self, repo: Repo, thread: Thread) -> Row:
        """An issue, or a pull request as the list of issues shows it."""
        place = f"{self.url}/repos/{repo.full_name}"
        url = f"{place}/issues/{thread.number}"
        page = "pull" if thread.kind == "pull" else "issues"
        html_url = f"{HTML}/{repo.full_name}/{page}/{thread.number}"
        closed_at = iso_or_none(thread.closed_at, self.now)
        row = {
            "id": thread.id,
            "node_id": node_id("Thread", f"{repo.id}:{thread.number}"),
            "number": thread.number,
            "title": text(thread.id),
            "body": text(thread.id + 1),
            "user": self.user(thread.author),
            "state": "closed" if closed_at else "open",
            "locked": False,
            "labels": [],
            "assignee": None,
            "milestone": None,
            "comments": len(thread.comments_of("comment", self.now)),
            "created_at": iso(thread.at),
            "updated_at": iso(thread.updated_at(self.now)),
            "closed_at": closed_at,
            "author_association": "CONTRIBUTOR",
            "url": url,
            "repository_url": place,
            "labels_url": f"{url}/labels",
            "comments_url": f"{url}/comments",
            "events_url": f"{url}/events",
            "html_url": html_url,
        }
        if thread.kind == "pull":
            row["pull_request"] = {
                "url": f"{place}/pulls/{thread.number}",
                "html_url": html_url,
                "diff_url": f"{html_url}.diff",
                "patch_url": f"{html_url}.patch",
                "merged_at": iso_or_none(thread.merged_at, self.now),
            }
        return row

    def issue_comment(self, repo: Repo, thread: Thread, comment: Comment) -> Row:
        """A comment on an issue or pull request."""
        place = f"{self.url}/repos/{repo.full_name}"
        page = "pull" if thread.kind == "pull" else "issues"
        return {
            "id": comment.id,
            "node_id": node_id("IssueComment", comment.id),
            "url": f"{place}/issues/comments/{comment.id}",
            "html_url": f"{HTML}/{repo.full_name}/{page}/{thread.number}#issuecomment-{comment.id}",
            "issue_url": f"{place}/issues/{thread.number}",
            "body": text(comment.id),
            "user": self.user(comment.author),
            "created_at": iso(comment.at),
            "updated_at": iso(comment.at),
            "author_association": "CONTRIBUTOR",
        }

    def review_comment(self, repo: Repo, thread: Thread, comment: Comment) -> Row:
        """A comment on a line of a pull request."""
        place = f"{self.url}/repos/{repo.full_name}"
        url, pull = f"{place}/pulls/comments/{comment.id}", f"{place}/pulls/{thread.number}"
        html_url = f"{HTML}/{repo.full_name}/pull/{thread.number}#discussion_r{comment.id}"
        return {
            "id": comment.id,
            "node_id": node_id("PullRequestReviewComment", comment.id),
            "pull_request_review_id": None,
            "diff_hunk": "@@ -1 +1 @@",
            "path": "README.md",
            "commit_id": f"{comment.id:040x}",
            "original_commit_id": f"{comment.id:040x}",
            "user": self.user(comment.author),
            "body": text(comment.id),
            "created_at": iso(comment.at),
            "updated_at": iso(comment.at),
            "url": url,
            "html_url": html_url,
            "pull_request_url": pull,
            "author_association": "CONTRIBUTOR",
            "_links": {
                "self": {"href": url},
                "html": {"href": html_url},
                "pull_request": {"href": pull},
            },
        }

    def commit(self, repo: Repo, commit: Commit) -> Row:
        """A commit; without an account where the address is nobody's."""
        url = f"{self.url}/repos/{repo.full_name}/commits/{commit.sha}"
        signature = {
            "name": self.world.names.get(commit.author.id, commit.author.login),
            "email": commit.author.email,
        }
        author = self.user(commit.author) if commit.is_linked else None
        return {
            "sha": commit.sha,
            "node_id": node_id("Commit", commit.sha),
            "url": url,
            "html_url": f"{HTML}/{repo.full_name}/commit/{commit.sha}",
            "comments_url": f"{url}/comments",
            "commit": {
                "author": signature | {"date": iso(commit.authored_at)},
                "committer": signature | {"date": iso(commit.committed_at)},
                "message": text(commit.committed_at // SECOND),
                "tree": {"sha": commit.sha, "url": f"{url}/tree"},
                "url": url,
                "comment_count": 0,
            },
            "author": author,
            "committer": author,
            "parents": [],
        }

    def release(self, repo: Repo, item: DatedItem) -> Row:
        """A published release."""
        url = f"{self.url}/repos/{repo.full_name}/releases/{item.id}"
        return {
            "id": item.id,
            "node_id": node_id("Release", item.id),
            "url": url,
            "assets_url": f"{url}/assets",
            "upload_url": f"{url}/assets",
            "tarball_url": f"{url}/tarball",
            "zipball_url": f"{url}/zipball",
            "html_url": f"{HTML}/{repo.full_name}/releases/tag/{item.name}",
            "tag_name": item.name,
            "target_commitish": "main",
            "name": text(item.id),
            "body": text(item.id),
            "draft": False,
            "prerelease": False,
            "created_at": iso(item.at),
            "published_at": iso(item.at),
            "author": self.user(item.author),
            "assets": [],
        }

    def fork(self, repo: Repo, item: DatedItem) -> Row:
        """A fork in its owner's account."""
        copy = Repo(item.id, repo.name, item.at, is_fork=True)
        full_name = f"{item.author.login}/{repo.name}"
        owner = self.user(item.author)
        return self.repository(copy) | {"full_name": full_name, "owner": owner}
