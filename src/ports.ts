// The world as the core sees it. Real ones are in io/, fakes in __tests__/fakes. Nothing here decides anything.

import type { Json, JsonObject, SideLabel } from './domain.ts'
import type { HistoryRecord } from './drift/records.ts'

/** `id`: of the content in the repository; '' for a file of the disk. */
export type TreeEntry = { readonly path: string; readonly id: string }

/** The files of one side at one moment: a commit, or the working tree. Regular files only; paths with `/`, no leading one. */
export type Tree = {
  /** Commit sha, or `working-tree`. */
  readonly id: string
  list(): Promise<readonly TreeEntry[]>
  /**
   * Null when there is no such regular file. Throws a UserError for symlinks, submodules, LFS pointers and files of more than
   * `maxBytes` (64 MB by default), which are not held in memory.
   */
  read(path: string, maxBytes?: number): Promise<string | null>
  /**
   * As `read`, in pieces that need not be in memory together; false when there is no such file. `take` must not throw. Where it is not
   * there, files are read whole.
   */
  readInPieces?(path: string, take: (piece: string) => void, maxBytes?: number): Promise<boolean>
  /** Why a path of the disk is not among the files, in words; null where nothing is there. Commits hide nothing. */
  hidden?(path: string): Promise<string | null>
  /** The same for the same content, in every tree of the repository; null (or no such function) where it is not known without reading. */
  contentId?(path: string): Promise<string | null>
}

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body?: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** Is told each piece of an event stream; true once nothing that counts follows. The rest is not waited for. */
  readonly isLast?: (piece: Uint8Array) => boolean
}
export type HttpResponse = {
  readonly status: number
  /** Lower-case names. */
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}
/** Resolves for every HTTP status; rejects with an HttpFailure. Redirects are not followed. */
export type Http = (request: HttpRequest) => Promise<HttpResponse>

export class HttpFailure extends Error {
  /** `reset`: the connection broke when the request had been sent, and nothing of the answer was there. */
  readonly kind: 'timeout' | 'connection' | 'reset' | 'truncated' | 'cancelled'
  constructor(kind: HttpFailure['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

/** An answer that is still coming: `chunks` end with the body, or throw an HttpFailure. They are to be read or left at once. */
export type OpenResponse = Pick<HttpResponse, 'status' | 'headers'> & { readonly chunks: AsyncIterable<Uint8Array> }
/** As Http, but resolves with the head of the answer. The timeout covers the whole of it. */
export type HttpOpen = (request: OpenRequest) => Promise<OpenResponse>
/** What is passed on for somebody else goes on byte for byte. */
export type OpenRequest = Omit<HttpRequest, 'body'> & { readonly body?: string | Uint8Array }

export type LoopbackRequest = {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: { readonly [name: string]: string }
  readonly body: LoopbackBody
}
/** `bytes` are as they came, `text` is what they say; a reason where nobody can read them, or they are longer than any request may be. */
export type LoopbackBody = { readonly bytes: Uint8Array; readonly text: string } | 'too-large' | 'not-decoded'
export type LoopbackReply = {
  start(status: number, headers: { readonly [name: string]: string }): void
  /** Resolves when more may be written. */
  write(chunk: Uint8Array | string): Promise<void>
  end(): void
  /** Cuts the connection, so that a half answer is not taken for a whole one. */
  cut(): void
  /** Aborted when the client went away before the answer was complete. */
  readonly gone: AbortSignal
}
/** A server for children of ours, on the loopback interface alone. */
export type Loopback = {
  listen(
    handle: (request: LoopbackRequest, reply: LoopbackReply) => Promise<void>,
  ): Promise<{ readonly url: string; close(): void }>
  /** Random, fit for a header. */
  token(): string
}

export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Lines for people; the implementation makes untrusted text inert for the runner's log. */
export type Log = {
  info(line: string): void
  warn(line: string): void
  /** Overwritten in place on a terminal; in CI the last line, now and then. */
  progress(lines: readonly (string | ProgressLine)[]): void
}

export type ProgressLine = {
  /** As its author wrote it. */
  readonly name: string
  /** All there is, in words. */
  readonly long: string
  /** What is never left out: done, failed, spent. */
  readonly figures: readonly string[]
  /** Where there is room, in this order. */
  readonly more: readonly string[]
}

/** Append-only files under the state directory, mode 0600. */
export type Store = {
  /** All complete lines of a file; a torn last line is dropped. Empty when there is no such file. */
  readLines(name: string): Promise<readonly string[]>
  /** The same line by line, each with the byte it begins at, for files that should not be in memory whole. */
  eachLine?(name: string, visit: (line: string, offset: number) => void): Promise<void>
  /** Where the next line appended will begin; further on when another run in the same directory writes before it. */
  end?(name: string): number
  /** Complete lines from a byte at which one begins, read as they are asked for. */
  linesFrom?(name: string, offset: number): Iterable<string>
  append(name: string, line: string): void
  /** Resolves once everything appended so far is on disk. */
  flush(): Promise<void>
}

/** Texts that need not be in memory: kept for as long as the run takes, readable by nobody else. */
export type Shelf = {
  /** Puts a text away; the number gets it back. */
  put(text: string): number
  get(ticket: number): string
}

/** A long-lived child that speaks protocol v1: JSON lines in, JSON lines out (fd 3, or stdout lines after `PARITY `). */
export type Child = {
  send(line: string): void
  /** Ends its standard input. */
  endInput(): void
  /** Called for each protocol line. */
  onLine(listener: (line: string) => void): void
  /** Called in its place for one that is longer than is read, with how it begins and how much would be. */
  onLongLine(listener: (begins: string, maxChars: number) => void): void
  /** Called for each other line of standard output. */
  onPrinted(listener: (line: string) => void): void
  /** `shortage`: this machine could not start it, whatever it is. */
  onExit(
    listener: (exit: { code: number | null; signal: string | null; stderr: string; shortage?: true }) => void,
  ): void
  stderrTail(): string
  kill(): void
}
export type Processes = {
  /** The command that serves a function of a module under the protocol; the path is relative to where it is started. */
  moduleCommand(path: string, name: string): readonly string[]
  start(
    command: readonly string[],
    options: { readonly cwd: string; readonly env: { readonly [name: string]: string } },
  ): Child
  /** Runs to the end, its own or that of the signal; used for `setup`. */
  run(
    command: readonly string[],
    options: {
      readonly cwd: string
      readonly env: { readonly [name: string]: string }
      readonly timeoutMs: number
      readonly signal?: AbortSignal
    },
  ): Promise<{
    readonly code: number | null
    readonly stdout: string
    /** With what we have to say of it: that it was ended, or why it could not be started. */
    readonly stderr: string
    readonly neverStarted?: true
  }>
}

/** A directory with the files of a side, for targets that execute the application. */
export type WorkTrees = {
  directory(side: SideLabel): Promise<string>
  /** A folder below the one side's directory to the same place in the other's; false when that cannot be done safely. */
  copy?(from: SideLabel, to: SideLabel, folder: string): Promise<boolean>
}

export type ScriptResult =
  | { readonly state: 'returned'; readonly value: Json | undefined }
  | { readonly state: 'failed'; readonly why: string }
/**
 * Runs a function body whose parameters are the keys of `data`, with nothing else in reach, in bounded time and memory.
 * Never rejects: an exception, a limit or a result that is no data is `failed`.
 */
export type Sandbox = (body: string, data: JsonObject) => Promise<ScriptResult>

export type Environment = (name: string) => string | undefined

/** Text of a credentials file that the environment names; null when it cannot be read. Read anew each time, for tokens change. */
export type CredentialFile = (path: string) => string | null

export type FileChange = {
  readonly status: 'added' | 'deleted' | 'modified' | 'renamed'
  readonly path: string
  readonly previousPath?: string
}

/** What the sides are found and read with. Every method rejects with a UserError that names the remedy. */
export type Git = {
  /** What keeps git from answering any more, whatever file was asked for; null as long as it does. */
  failure?(): Error | null
  /** Full sha of a commit, or null when the ref or object is not here. */
  commit(ref: string): Promise<string | null>
  parents(sha: string): Promise<readonly string[]>
  /** Null when the histories that are here have no common commit. */
  mergeBase(a: string, b: string): Promise<string | null>
  isShallow(): Promise<boolean>
  /** Fetches refs or shas from `origin`; `depth` and `deepen` only in a shallow clone. False when the server refused. */
  fetch(
    refs: readonly string[],
    options?: { readonly depth?: number; readonly deepen?: number | 'all' },
  ): Promise<boolean>
  /** Name of the default branch as `origin` has it, else of a local main or master; null when none is known. */
  defaultBranch(): Promise<string | null>
  currentBranch(): Promise<string | null>
  changes(base: string, head: string | null): Promise<readonly FileChange[]>
  tree(sha: string): Tree
  workingTree(): Tree
  /** Identity of the files of a side, equal for commits with equal content; null = working tree. */
  contentId(sha: string | null): Promise<string>
  /** Tags of commits that lead up to this one, newest first. */
  tags(sha: string): Promise<readonly { readonly name: string; readonly commit: string }[]>
  /** All tags of `origin` with the commits that they stand for, in no order; null when it did not answer. */
  remoteTags(): Promise<readonly { readonly name: string; readonly commit: string }[] | null>
  /** A commit and those that it comes from, nearest first, as far as they are here; at most 20,000. */
  ancestry(sha: string): Promise<readonly string[]>
  /** First line of a commit's message. */
  subject(sha: string): Promise<string | null>
  /** Messages of the commits between two commits that have a line which begins with these words, whatever their case. */
  messages(base: string, head: string, lineStart: string): Promise<readonly string[]>
}

/** A commit that changed one file. Content ids are null where there is no regular file. */
export type FileCommit = {
  readonly sha: string
  readonly parents: readonly string[]
  /** Author date, ISO 8601. */
  readonly date: string
  readonly author: string
  readonly subject: string
  readonly body: string
  readonly path: string
  /** One for each parent of a merge commit that differs from all of them, else one. */
  readonly before: readonly (string | null)[]
  readonly after: string | null
}
export type BlobChange = {
  readonly path: string
  /** Where it was, when git sees a rename. */
  readonly previousPath?: string
  readonly before: string | null
  readonly after: string | null
}
export type GraphCommit = { readonly sha: string; readonly parents: readonly string[]; readonly subject: string }

/** The past of a repository, read in bulk: the number of processes does not grow with the number of commits. */
export type History = {
  /** Commits that led to the file as it is at `from`, newest first, under this name alone. */
  ofFile(path: string, from: string): Promise<readonly FileCommit[]>
  /**
   * What commits changed, with renames, in the order asked. `parent` is what a merge commit is compared with: by itself
   * it changes nothing.
   */
  changesIn(
    commits: readonly { readonly sha: string; readonly parent?: string }[],
  ): Promise<readonly (readonly BlobChange[])[]>
  /** Contents by id; null for what is missing or too large to be a prompt. */
  texts(ids: readonly string[]): Promise<ReadonlyMap<string, string | null>>
  /** A file as it was at a commit; null when it was not there. */
  fileAt(sha: string, path: string): Promise<string | null>
  /** Commits reachable from `from` and not from `without`, children before parents. */
  graph(from: string, without: readonly string[]): Promise<readonly GraphCommit[]>
}

/** What is known of the drift history: every record once, by time. */
export type KnownHistory = {
  readonly records: readonly HistoryRecord[]
  /** Text of `registry.json`; null = there is none. */
  readonly registry: string | null
}
export type HistoryRead = KnownHistory & {
  /**
   * `lost`: it was there before and is gone, rewound or damaged; the records are what is known of it, and the next append puts
   * them back. `unreachable`: it could not be asked; the records are those seen last, and none of them says that there are none.
   */
  readonly state: 'found' | 'none' | 'lost' | 'unreachable'
  readonly commit: string | null
  /** Sentences for people: what was lost, put back or could not be read. Empty when all is well. */
  readonly notes: readonly string[]
}
/** Files of the branch that are made anew from all records. */
export type HistoryFiles = { readonly 'index.html': string; readonly 'registry.json': string }
export type HistoryWrite = {
  readonly records: readonly HistoryRecord[]
  /** Ids that this call brought; what was there already is not among them. */
  readonly added: readonly string[]
  readonly notes: readonly string[]
} & (
  | { readonly state: 'written'; readonly where: 'origin' | 'local'; readonly commit: string | null }
  /** `files`: the folder with what would have been written, for an upload. */
  | { readonly state: 'refused'; readonly why: string; readonly files: string | null }
)
/** The branch `prompt-parity-history`. Both methods reject with a UserError when a later release has written to it. */
export type HistoryStore = {
  read(): Promise<HistoryRead>
  /**
   * Puts records behind those that are there, however many others write at the same time. A function is asked for them again
   * whenever another writer came first, and sees what that one wrote: "unless there is one" holds for the whole repository.
   * `files` is asked with the records as they will be.
   */
  append(
    records: readonly HistoryRecord[] | ((known: KnownHistory) => readonly HistoryRecord[]),
    files?: (after: KnownHistory) => HistoryFiles,
  ): Promise<HistoryWrite>
}

export type PullComment = { readonly id: number; readonly author: string; readonly body: string; readonly url: string }

/** What publishing needs of GitHub. Rejects with a GitHubFailure; writes are not retried here, since a lost answer may be a done write. */
export type GitHub = {
  /** Login that comments of ours carry. */
  ownLogin(): Promise<string>
  /** Sha of the pull request's head now. */
  headOf(pr: number): Promise<string>
  /** All pages, oldest first. */
  comments(pr: number): Promise<readonly PullComment[]>
  createComment(pr: number, body: string): Promise<PullComment>
  updateComment(id: number, body: string): Promise<PullComment>
  deleteComment(id: number): Promise<void>
  /** Issues by an author, all pages, lowest number first; pull requests are none. */
  issues(of: { readonly author: string; readonly state: 'open' | 'all' }): Promise<readonly Issue[]>
  /** Null when it was deleted or moved to another repository. */
  issue(number: number): Promise<Issue | null>
  createIssue(issue: {
    readonly title: string
    readonly body: string
    readonly labels: readonly string[]
  }): Promise<Issue>
  updateIssue(number: number, change: IssueChange): Promise<Issue>
}

export type Issue = {
  readonly number: number
  readonly author: string
  readonly title: string
  readonly body: string
  readonly state: 'open' | 'closed'
  readonly url: string
}
export type IssueChange = {
  readonly title?: string
  readonly body?: string
  readonly state?: 'open' | 'closed'
  /** Of closing. */
  readonly reason?: 'completed' | 'not_planned'
}

export class GitHubFailure extends Error {
  readonly status: number | null
  /** Permission that GitHub says is missing, such as `pull_requests=write`. */
  readonly permission: string | null
  /** How long GitHub asks to wait; null when it does not say. */
  readonly retryAfterMs: number | null
  constructor(message: string, status: number | null, permission: string | null, retryAfterMs: number | null = null) {
    super(message)
    this.status = status
    this.permission = permission
    this.retryAfterMs = retryAfterMs
  }
}
