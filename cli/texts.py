"""Every sentence the command line shows: Chinese first, English beside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One thing said in both languages; `{name}` marks what `fill` puts in."""

    zh: str
    en: str

    def fill(self, **values: object) -> Text:
        """The same text with its places filled."""
        return Text(self.zh.format(**values), self.en.format(**values))

    @property
    def line(self) -> str:
        """Both languages on one line, for steps and table heads."""
        return f"{self.zh} {self.en}"

    def __str__(self) -> str:
        return f"{self.zh}\n{self.en}"


# --- settings -----------------------------------------------------------------------------------
BAD_PORT = Text(
    "FENZHEN_PORT 应是 1–65535 之间的数字，现在是「{value}」。",
    "FENZHEN_PORT must be a number from 1 to 65535, it is {value!r}.",
)
BAD_NICE = Text(
    "FENZHEN_BACKGROUND_NICE 应是 0–19 之间的数字，现在是「{value}」。",
    "FENZHEN_BACKGROUND_NICE must be a number from 0 to 19, it is {value!r}.",
)
BAD_DATABASE_URL = Text(
    "DATABASE_URL 无法读懂，应类似 postgresql://用户:密码@主机:5432/库名。",
    "DATABASE_URL cannot be read; it should look like postgresql://user:password@host:5432/name.",
)
BAD_REDIS_URL = Text(
    "REDIS_URL 无法读懂，应类似 redis://:密码@主机:6379/0；暂不支持 TLS（rediss://）和用户名，"
    "因为 Rasa 的锁存储读不了。",
    "REDIS_URL cannot be read; it should look like redis://:password@host:6379/0. TLS (rediss://) "
    "and user names are not supported, because Rasa's lock store cannot use them.",
)

HOME_UNUSABLE = Text(
    "数据目录 {home} 不能使用：{reason}。可用 FENZHEN_HOME 指定另一个目录。",
    "The home {home} cannot be used: {reason}. FENZHEN_HOME may name another directory.",
)

# --- checks before a start ----------------------------------------------------------------------
ALREADY_RUNNING = Text(
    "这个数据目录（{home}）上已有一个 fenzhen up 在运行（进程 {pid}）。请先停止它，"
    "或用 FENZHEN_HOME 和 FENZHEN_PORT 另起一个。",
    "A `fenzhen up` (process {pid}) already runs on this home ({home}). Stop it first, or start "
    "another with its own FENZHEN_HOME and FENZHEN_PORT.",
)
PORT_TAKEN = Text(
    "端口 {port} 已被{who_zh}占用。请停止它，或换一个端口：FENZHEN_PORT={other} make run",
    "Port {port} is taken by {who_en}. Stop it, or choose another port: "
    "FENZHEN_PORT={other} make run",
)
PORT_FORBIDDEN = Text(
    "当前用户不能使用端口 {port}。请换一个端口：FENZHEN_PORT=8000 make run",
    "This user may not use port {port}. Choose another port: FENZHEN_PORT=8000 make run",
)
BOT_MISSING = Text(
    "找不到机器人环境 {path}。请运行 make setup。",
    "The bot environment {path} is missing. Run make setup.",
)
PAGES_MISSING = Text(
    "网页还没有构建（{path}）。请运行 make web；需要 Node.js 20 或更新版本。",
    "The pages are not built ({path}). Run make web; it needs Node.js 20 or newer.",
)
DISK_FULL = Text(
    "磁盘快满了：{path} 只剩 {free} MB，至少需要 {needed} MB。请清理后再启动。",
    "The disk is nearly full: {free} MB left at {path}, {needed} MB are needed. "
    "Free some space first.",
)
SECRETS_UNREADABLE = Text(
    "无法读取 {path}。请从备份恢复它；如果不需要旧数据，可删除 {home} 重新开始。",
    "{path} cannot be read. Restore it from a backup, or, if the old data is not needed, "
    "delete {home} and start anew.",
)
SECRETS_LOST = Text(
    "数据库还在，但它的密码文件 {path} 不见了。请从备份恢复它；如果不需要旧数据，"
    "可删除 {home} 重新开始。",
    "The database is there but its passwords, {path}, are not. Restore the file from a backup, "
    "or, if the old data is not needed, delete {home} and start anew.",
)
POSTGRES_NEEDS_ACCOUNT = Text(
    "以 root 运行时，内置 PostgreSQL 需要 setpriv（util-linux）才能换用普通用户运行。"
    "请安装它，或用普通用户运行，或设置 DATABASE_URL。",
    "As root, the embedded PostgreSQL needs setpriv (util-linux) to run as an ordinary user. "
    "Install it, run as an ordinary user, or set DATABASE_URL.",
)
POSTGRES_CANNOT_REACH = Text(
    "内置 PostgreSQL 不能以用户 {user} 进入 {path}。请把项目放到其他用户可以进入的目录"
    "（例如 /opt），或用普通用户运行，或设置 DATABASE_URL。",
    "The embedded PostgreSQL, running as {user}, cannot reach {path}. Put the project into a "
    "directory other users may enter (for instance /opt), run as an ordinary user, or set "
    "DATABASE_URL.",
)

# --- the start, step by step --------------------------------------------------------------------
STEP_CHECKS = Text("检查", "checks")
STEP_INITDB = Text("新建数据库", "new database")
STEP_STORES = Text("启动数据库和缓存", "database and cache")
STEP_MIGRATE = Text("数据库结构", "database schema")
STEP_PREPARE = Text("内置数据和账号", "bundled data and accounts")
STEP_RELEASE = Text("机器人模型", "bot model")
STEP_PROGRAMS = Text("启动各进程", "processes")
STEP_READY = Text("等待就绪", "waiting until ready")
STEP_STOP = Text("正在停止", "stopping")

INITDB_FAILED = Text(
    "新建数据库失败，详情见 {log}：{reason}",
    "Making the database failed, see {log}: {reason}",
)
POSTGRES_FAILED = Text("PostgreSQL 没有启动，详情见 {log}", "PostgreSQL did not start, see {log}")
REDIS_FAILED = Text("Redis 没有启动，详情见 {log}", "Redis did not start, see {log}")
DATABASE_UNREACHABLE = Text(
    "连不上 DATABASE_URL 指定的数据库：{reason}",
    "The database of DATABASE_URL cannot be reached: {reason}",
)
REDIS_UNREACHABLE = Text(
    "连不上 REDIS_URL 指定的 Redis（{host}:{port}）。",
    "The Redis of REDIS_URL ({host}:{port}) cannot be reached.",
)
SUPERVISOR_FAILED = Text(
    "进程管理器没有启动，详情见 {log}",
    "The supervisor did not start, see {log}",
)
PREPARE_FAILED = Text(
    "「{zh}」失败：{reason}（详情见 {log}）",
    "Step “{en}” failed: {reason} (see {log})",
)
NOT_READY = Text(
    "已等待 {seconds} 秒，以下部分还没有就绪：{parts}。分诊台继续运行并会自行恢复；日志在 {logs}",
    "After {seconds} s these parts are not ready: {parts}. The desk keeps running and recovers by "
    "itself; the logs are in {logs}",
)
READY = Text("分诊台已就绪", "The desk is ready")
RESTARTED = Text(
    "{program} 停止后已自动重启（日志 {log}）",
    "{program} had stopped and was started again (log {log})",
)
SUPERVISOR_RESTARTED = Text(
    "进程管理器意外停止，已重新启动全部进程",
    "The supervisor had died; everything was started again",
)
STOPPED = Text("已全部停止", "Everything has stopped")
KILLED_LEFT = Text("强制结束了：{names}", "Had to be killed: {names}")

SHOP = Text("示例商城与聊天窗口", "demo shop with the widget")
CONSOLE = Text("客服工作台", "console")
API_DOCS = Text("接口文档", "API")
ACCOUNTS = Text("账号", "accounts")
ACCOUNTS_FILE = Text("账号文件", "account file")
DEMO_PASSWORD = Text(
    "密码是 FENZHEN_DEMO_PASSWORD 的值", "the password is that of FENZHEN_DEMO_PASSWORD"
)
HOW_TO_STOP = Text("按 Ctrl-C 停止", "Ctrl-C stops everything")
LOGS = Text("日志", "logs")

# --- status -------------------------------------------------------------------------------------
NOT_RUNNING = Text(
    "这个数据目录（{home}）上没有正在运行的分诊台。启动：make run",
    "No desk is running on this home ({home}). Start it with make run.",
)
PARTS_NOT_READY = Text("还没有就绪：{parts}", "not ready: {parts}")
PROGRAM = Text("进程", "program")
STATE = Text("状态", "state")
PID = Text("进程号", "pid")
UPTIME = Text("已运行", "uptime")

# --- looking after a running desk ---------------------------------------------------------------
STEP_TRAIN = Text("训练", "training")
REASON_SHORT = Text(
    "强制上线的理由至少 {least} 个字。", "The reason of --force has at least {least} characters."
)
TRAIN_RUNS = Text(
    "已有一次训练正在进行，请等它结束，或在控制台里取消。",
    "A training is under way: wait for its end, or cancel it in the console.",
)
TRAIN_CANCELLED = Text("训练已取消。", "The training was cancelled.")
TRAIN_FAILED = Text("{zh_reason}。日志末尾：\n{log}", "{en_reason}. The end of its log:\n{log}")
TRAINED_BLOCKED = Text(
    "版本 {number} 已训练，但没有通过上线检查，因此未上线。可用 --force 写明理由后强制上线。",
    "Release {number} is trained but the gate is against it, so it is not live. --force with a "
    "reason makes it live nevertheless.",
)
NO_SUCH_RELEASE = Text("没有这个版本。", "There is no such release.")
STEP_EVALUATE = Text("评测", "evaluating")
STEP_COMPARE = Text("对比", "comparing")
EVALUATED = Text("版本 {number}（{state}）", "Release {number} ({state})")
COMPARED = Text(
    "版本 {release} 与版本 {against} 对比：共 {lines} 条留出数据，新错 {lost} 条，新对 {gained} 条",
    "Release {release} beside release {against}: {lines} held-out lines, {lost} lost, "
    "{gained} gained",
)
REPLAYED = Text(
    "回放最近 {messages} 条真实消息，其中 {changed} 条的处理会改变",
    "Of the newest {messages} real messages, {changed} would be handled otherwise",
)
GATE_PASSED = Text("上线检查：通过", "The gate: passed")
GATE_BLOCKED = Text("上线检查：未通过", "The gate: blocked")
NOTHING_COMPARED = Text(
    "没有一条留出数据可以比较，不能说明新版本不比线上差",
    "no held-out line was compared, so nothing shows that the release is not worse",
)
GATE_UNSURE = Text(
    "{label}：没有可以比较的留出数据，看不出好坏",
    "{label}: no held-out line to compare, so it cannot be said",
)
LEFT_OUT = Text(
    "{lines} 条留出数据与训练数据字面相同，没有算进来",
    "{lines} held-out lines have the words of lines that were learned, and do not count",
)
REGRESSIONS = Text("变差的消息", "lost lines")
TRAINED = Text("版本 {number} 已训练", "Release {number} is trained")
TRAINED_LIVE = Text("版本 {number} 已训练并上线", "Release {number} is trained and live")
PROMOTED = Text(
    "版本 {number} 已上线，各进程会在 15 秒内切换",
    "Release {number} is live; every process goes on to it within 15 s",
)
ROLLED_BACK = Text("已回到版本 {number}", "Back to release {number}")
NEW_PASSWORD = Text("密码", "password")
USER_EXISTS = Text("账号 {name} 已存在。", "The account {name} already exists.")
USER_MADE = Text("已创建账号 {name}（{role}）", "Made the account {name} ({role})")
USER_UNREADABLE = Text(
    "这些内容不符合要求：{fields}。登录名用 2–64 个字母、数字和 . _ @ -。",
    "These cannot be: {fields}. A user name has 2 to 64 letters, digits and . _ @ -.",
)
USER_PASSWORD = Text("密码（只显示这一次）：{password}", "Password (shown once): {password}")
PASSWORD_SHORT = Text(
    "密码至少需要 {least} 个字符。", "A password has at least {least} characters."
)

# --- audit log ----------------------------------------------------------------------------------
NO_DATA = Text("数据目录 {home} 里还没有数据库。", "There is no database in the home {home} yet.")
AUDIT_WHOLE = Text("审计日志完整，共 {count} 条。", "The audit log is whole: {count} records.")
AUDIT_CHANGED = Text("第 {seq} 条被改动过。", "Record {seq} was changed.")
AUDIT_MISSING = Text("从第 {seq} 条起有记录缺失。", "Records are missing from {seq} on.")
AUDIT_MOVED = Text(
    "第 {seq} 条接不上前一条：记录被替换、插入或调换过。",
    "Record {seq} does not follow the one before: records were replaced, put in or moved.",
)
AUDIT_TRUNCATED = Text("从第 {seq} 条起的末尾被截去。", "The end is cut off from record {seq} on.")
AUDIT_UNEXPECTED = Text(
    "第 {seq} 条起的记录不是分诊台写入的。", "From {seq} on the desk did not write the records."
)
AUDIT_HEAD_MISSING = Text(
    "末条记录的备份（设置项 audit_head）不见了，无法判断第 {seq} 条之后是否被截去。",
    "The copy of the newest record's hash (setting audit_head) is gone: whether anything was cut "
    "off after record {seq} cannot be told.",
)
AUDIT_UNKEYED = Text(
    "第 {seq} 条没有用本机密钥签名，不是分诊台写入的；也可能是密钥（FENZHEN_DATA_KEY）已更换。",
    "Record {seq} does not carry the desk's key: the desk did not write it, or FENZHEN_DATA_KEY is "
    "another one.",
)
AUDIT_HEAD = Text(
    "末条：{head}。把它记在别处，以后用 --noted 核对，可发现末尾被整段截去。",
    "Newest: {head}. Noted elsewhere and compared with --noted, it shows whether the end was cut "
    "off.",
)
AUDIT_NOTED_UNREADABLE = Text(
    "--noted 应是「序号:哈希」，现在是「{noted}」。",
    "--noted must be `seq:hash`, it is {noted!r}.",
)

# --- invented data ------------------------------------------------------------------------------
FILLING = Text("写入示例数据", "writing invented data")
FILLED = Text(
    "已写入 {messages} 条消息、{tickets} 张工单，都标有「示例数据」。清除：fenzhen data clear",
    "Wrote {messages} messages and {tickets} tickets, all marked 示例数据. To take them out again: "
    "fenzhen data clear",
)
STEP_CLEAR = Text("清除示例数据", "taking invented data out")
CLEARED = Text("已清除 {count} 个示例会话", "Took out {count} invented conversations")
STEP_INDEX = Text("重建搜索索引", "indexing for the search")
INDEXED = Text("已为 {count} 项内容建好索引", "Indexed {count} things")

# --- replay -------------------------------------------------------------------------------------
FILE_MISSING = Text("找不到文件 {path}", "There is no file {path}")
FILE_ENCODING = Text(
    "{path} 第 {line} 行不是 UTF-8 文本。", "{path}, line {line}: this is not UTF-8 text."
)
FILE_COLUMNS = Text(
    "{path} 第 1 行缺少列：{missing}。需要 session、author、text 三列，用制表符分隔。",
    "{path}, line 1: the column(s) {missing} are missing. The columns session, author and text "
    "are needed, separated by tabs.",
)
FILE_CELLS = Text(
    "{path} 第 {line} 行只有 {found} 列，应有 {wanted} 列（缺少 {missing}）。",
    "{path}, line {line}: {found} columns instead of {wanted} ({missing} missing).",
)
FILE_TOO_MANY_CELLS = Text(
    "{path} 第 {line} 行有 {found} 列，应有 {wanted} 列；正文里不能有制表符。",
    "{path}, line {line}: {found} columns instead of {wanted}; a text must not contain tabs.",
)
FILE_UNREADABLE = Text("{path} 无法读取：{reason}", "{path} cannot be read: {reason}")
FILE_EMPTY_CELL = Text(
    "{path} 第 {line} 行的 {column} 是空的。", "{path}, line {line}: column {column} is empty."
)
FILE_NO_TURNS = Text(
    "{path} 里没有 author 为 customer 的行。", "{path} has no line whose author is customer."
)
DESK_UNREACHABLE = Text(
    "连不上 {url}：{reason}。请先运行 make run。",
    "{url} cannot be reached: {reason}. Start the desk with make run.",
)
TOKEN_MISSING = Text(
    "读不到内部口令（{path}），因此没有分类统计。用 FENZHEN_HOME 指明正在运行的分诊台的数据目录。",
    "The service token ({path}) cannot be read, so outcomes are not counted. "
    "Set FENZHEN_HOME to the home of the running desk.",
)
SUMMARY_FAILED = Text("分诊台没有给出统计：{reason}", "The desk did not give its counts: {reason}")
REPLAYING = Text("回放", "replaying")
REPLAY_RESULT = Text("回放结果", "replay")
SESSIONS = Text("会话", "sessions")
TURNS = Text("客户消息", "turns")
CATEGORIES = Text("类别", "categories")
PRIORITIES = Text("优先级", "priorities")
TIMES = Text("用时", "times")
ACCEPT = Text("收下", "accept (sent → accepted)")
ANSWER = Text("回答", "answer (accepted → first answer)")
LONGEST = Text("最长", "longest")
ERRORS = Text("错误", "errors")
LOST = Text("未处理完", "lost")
ANSWERED_TWICE = Text("重复回答", "answered twice")

# --- bench --------------------------------------------------------------------------------------
BENCH_BAD_FILE = Text("文件不能使用：{reason}", "The file cannot be used: {reason}")
BENCH_NO_FILES = Text(
    "{folder} 里没有 {pattern}，请给出一个文件。",
    "There is no {pattern} in {folder}; name a file.",
)
BENCH_NO_RELEASE = Text(
    "数据目录 {home} 里没有训练好的版本。先运行 make run，或用 --release fresh 现场训练。",
    "There is no trained release in {home}. Run make run first, or train with --release fresh.",
)
BENCH_NO_MODEL = Text(
    "{folder} 里没有 {file}，它不是一个版本文件夹。",
    "There is no {file} in {folder}: this is not the folder of a release.",
)
BENCH_TRAINING_FAILED = Text("训练失败：{reason}", "The training failed: {reason}")
BENCH_TRAIN = {
    "classifier": Text("训练分类器", "training the classifier"),
    "bot": Text("训练机器人（约一分钟）", "training the bot (about a minute)"),
}
BENCH_LOAD = Text("载入模型", "loading the model")
BENCH_MEASURE = Text("测量", "measuring")
BENCH_BROKEN = Text("模型不能使用：{reason}", "The model cannot be used: {reason}")
BENCH_PROGRAM_FAILED = Text(
    "「{what}」失败，日志末尾：\n{log}", "“{what}” failed; the end of its log:\n{log}"
)
BENCH_UNKNOWN_SYSTEM = Text(
    "--only 里的「{name}」不认识，可用：{known}",
    "--only: {name!r} is not known, there are: {known}",
)
BENCH_ONE_LABEL = Text(
    "{path} 只有一种意图，至少需要两种。", "{path} has one intent only; at least two are needed."
)
BENCH_MODEL = Text("测量对象", "measured")
BENCH_FRESH = Text("仓库数据现场训练", "trained now from the repository")
BENCH_LIVE = Text("在线版本 {number}", "live release {number}")
BENCH_NEWEST = Text(
    "最新版本 {number}（分诊台没有运行，无法得知哪个在线）",
    "newest release {number} (no desk runs that knows which one is live)",
)
BENCH_GIVEN = Text("指定的 {folder}", "given: {folder}")
BENCH_WRONG = Text("判错的", "wrong")
BENCH_FIGURE = Text("指标", "figure")
BENCH_ALL = Text("合计", "all")
BENCH_LABELS = Text("各标签", "by label")
BENCH_SYSTEM = Text("方案", "system")
BENCH_SYSTEM_TRAIN = Text("{name}：训练", "{name}: training")
BENCH_SYSTEM_SERVE = Text("{name}：启动服务", "{name}: starting the server")
BENCH_SYSTEM_PARSE = Text("{name}：逐条识别", "{name}: parsing")
BENCH_SYSTEM_TURNS = Text("{name}：{clients} 个客户同时对话", "{name}: {clients} clients")
BENCH_NLU_TITLE = Text(
    "训练 {train} 条，测试 {test} 条，{labels} 种意图",
    "trained on {train}, tested on {test}, {labels} intents",
)

# --- export and import --------------------------------------------------------------------------
STEP_IMPORT = Text("导入", "import")
TRANSFER_FORMAT = Text(
    "{path}：请使用 .xlsx、.csv 或 .yml 文件，或一个目录。",
    "{path}: use a .xlsx, .csv or .yml file, or a folder.",
)
EXPORTED = Text(
    "已导出 {entries} 个知识条目、{lines} 条训练语料到 {path}",
    "Wrote {entries} entries and {lines} lines to {path}",
)
TAKEN_IN_ENTRIES = Text(
    "{name}：{rows} 行，新增 {added}，修改 {changed}，未变 {unchanged}",
    "{name}: {rows} rows, {added} new, {changed} changed, {unchanged} as they were",
)
TAKEN_IN_LINES = Text(
    "训练语料：{rows} 条，新增 {added}，已有 {known}",
    "Lines: {rows}, {added} new, {known} known",
)
TRANSFER_MORE = Text("……还有 {count} 处", "… and {count} more")
TRANSFER_REFUSED = Text("文件有误，没有导入任何内容。", "There are errors; nothing was taken in.")
TRANSFER_DRY = Text("以上是试运行，没有改动任何内容。", "This was a dry run; nothing was changed.")
TAKEN_IN = Text(
    "已导入。答案立即生效，新的问法在下一个版本训练后生效。",
    "Taken in. Answers are live at once, new questions with the next release.",
)

# --- simulators ---------------------------------------------------------------------------------
SIMULATOR_RUNS = Text(
    "微信模拟器已启动：{url}（Ctrl-C 停止）。打开网页即可以客户身份聊天。",
    "The WeChat simulator runs at {url} (Ctrl-C stops it). Open the page to chat as a customer.",
)
SIMULATOR_SETTINGS = Text(
    "启动分诊台时要带上这两个变量，它才会调用模拟器，而不是真的微信：",
    "Start the desk with these variables, so that it calls the simulator and not WeChat:",
)
SIMULATOR_INSTALLED = Text("已在分诊台建好账号：{name}", "Added to the desk: {name}")
SIMULATOR_REFUSED = Text(
    "分诊台拒绝了（HTTP {status}）：{body}", "The desk refused (HTTP {status}): {body}"
)
SIMULATOR_PORT = Text(
    "端口 {port} 不能使用：{reason}。可用 --port 换一个。",
    "Port {port} cannot be used: {reason}. --port takes another.",
)
SIMULATOR_FILE = Text(
    "{path} 无法读懂，可加 --fresh 换一套新的账号。",
    "{path} cannot be read; --fresh makes new accounts.",
)
ACCOUNT_KIND = Text("类型", "kind")
ACCOUNT_KEY = Text("账号标识", "key")
ACCOUNT_MODE = Text("加密方式", "mode")
ACCOUNT_CALLBACK = Text("回调地址", "callback")
