"""Settings of api and worker, read from the environment once per process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent
LEAST_KEY = 32
_COLOUR = r"^#[0-9A-Fa-f]{6}$"


class Settings(BaseSettings):
    """Each field is an environment variable `FENZHEN_<FIELD>` (docs/architecture.md §6)."""

    model_config = SettingsConfigDict(env_prefix="FENZHEN_", extra="ignore")

    home: Path = Path(".fenzhen")
    port: int = 8000
    public_url: str | None = None
    """Where customers reach the desk, for links that are sent to them, e.g. `https://help.shop.cn`;
    unset: this machine at `port`."""
    shop_name: str | None = Field(default=None, max_length=40)
    """What customers know the shop by, on the status page of their ticket; unset: that of the
    bundled demo shop while that is what the bot serves, else none."""
    shop_accent: str = Field(default="#1d6b57", pattern=_COLOUR)
    """Colour of that page in light, as `--fenzhen-accent` is the widget's."""
    shop_accent_dark: str = Field(default="#7cc5ae", pattern=_COLOUR)
    database_url: SecretStr
    redis_url: SecretStr
    service_token: SecretStr = Field(min_length=20)
    data_key: SecretStr
    """Seals what must not be read in the database, and chains the audit log: a random text of at
    least 32 characters. Older keys, which were used before, follow after a comma."""
    rasa_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    bot_python: Path = REPOSITORY / "bot" / ".venv" / "bin" / "python"
    tracker_dsn: SecretStr | None = None
    demo_password: SecretStr | None = None

    commerce_url: str | None = None
    """Base URL of a company's shop (docs/commerce-openapi.yaml); unset: the bundled demo shop."""
    commerce_token: SecretStr | None = None
    commerce_timeout_seconds: float = 1.5
    """Longest wait for the shop in one request. The actions wait longer for the desk (2 s) and the
    desk for the bot, so that an honest sentence follows."""
    bot_timeout_seconds: float = 2.5
    """Longest wait for the bot, so that an honest sentence reaches the customer within 3 s."""
    smtp_url: SecretStr | None = None
    """Server for e-mail to staff: `smtp://user:password@host:587` (STARTTLS where it is offered;
    signing in needs it) or `smtps://…`; unset: none is sent."""
    smtp_plain_login: bool = False
    """Allow signing in at the mail server where it offers no TLS: anybody on the way can read the
    password then."""
    mail_from: str | None = None
    """Address that e-mail comes from; unset: `fenzhen@` and the host of `smtp_url`."""
    wechat_api_url: str = "https://api.weixin.qq.com"
    """Where official accounts are served; the simulator stands in under another address."""
    wecom_api_url: str = "https://qyapi.weixin.qq.com"
    """The same for 微信客服."""
    wechat_replay_seconds: int = Field(default=300, ge=0)
    """A callback whose time is further away is refused as a replay; 0: none is. WeChat's own
    repeats come within seconds."""
    wechat_answer_within_minutes: int = Field(default=60, ge=0)
    """微信客服 replays three days when an account is pulled for the first time: what is older than
    this is stored then, and not answered."""
    visitor_session_days: int = 30
    visitor_sessions_per_minute: int = Field(default=120, ge=1)
    """New conversations from one network address; many customers may share one."""
    visitor_uploads_per_minute: int = Field(default=60, ge=1)
    """Files from one network address."""
    staff_session_hours: int = 12
    secure_cookies: bool = False
    """Set behind HTTPS: cookies are then sent over TLS only."""
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Further origins (sites with the widget) that may call the visitor API, comma separated."""
    database_pool: int = 10

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value or ()
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator(
        *("commerce_url", "commerce_token", "public_url", "shop_name", "smtp_url", "mail_from"),
        mode="before",
    )
    @classmethod
    def _unset(cls, value: object) -> object:
        return value or None

    @field_validator("data_key")
    @classmethod
    def _keys(cls, value: SecretStr) -> SecretStr:
        if any(len(key) < LEAST_KEY for key in value.get_secret_value().split(",")):
            raise ValueError(f"a key has at least {LEAST_KEY} characters")
        return value

    @property
    def sqlalchemy_url(self) -> str:
        """`database_url` with the driver SQLAlchemy needs."""
        url = self.database_url.get_secret_value()
        for prefix in ("postgresql://", "postgres://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url

    @property
    def libpq_url(self) -> str:
        """`database_url` as libpq (procrastinate, Alembic's checks) understands it."""
        return self.sqlalchemy_url.replace("postgresql+psycopg://", "postgresql://", 1)

    @property
    def base_url(self) -> str:
        """Beginning of every link to the desk, without a slash at its end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def files(self) -> Path:
        """Folder of attachments, outside everything that is served."""
        return self.home / "files"

    @property
    def releases(self) -> Path:
        """Folder of trained releases, one sub-folder a number."""
        return self.home / "releases"


def load() -> Settings:
    """The settings of this process; raises pydantic.ValidationError naming what is missing."""
    return Settings.model_validate({})
