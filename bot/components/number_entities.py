"""Order numbers, phones, addresses, days and the like as Rasa entities."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.facts import find_facts, load_products

SHOP_TIME = ZoneInfo("Asia/Shanghai")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class NumberEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Finds what `find_facts` finds, 「明天」 counted from now; nothing to learn."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`products` is a jieba word list of goods, from the root of the repository."""
        return {"products": "nlu_data/lexicon/products.txt"}

    def __init__(self, products: tuple[str, ...] = ()) -> None:
        self._products = products

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,  # noqa: ARG003 - Rasa's signature
        resource: Resource,  # noqa: ARG003
        execution_context: ExecutionContext,  # noqa: ARG003
    ) -> NumberEntityExtractor:
        """The extractor, ready to use."""
        path = Path(config["products"])
        return cls(load_products(path) if path.exists() else ())

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message."""
        now = datetime.now(SHOP_TIME)
        for message in messages:
            text = str(message.get(TEXT) or "")
            found = [
                {
                    "entity": item.entity,
                    "value": item.value,
                    "start": item.start,
                    "end": item.end,
                    "confidence_entity": 1.0,
                }
                for item in find_facts(text, now, self._products)
            ]
            known = message.get(ENTITIES, [])
            message.set(ENTITIES, known + self.add_extractor_name(found), add_to_output=True)
        return messages
