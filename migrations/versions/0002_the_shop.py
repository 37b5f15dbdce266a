"""the shop"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("shop_reference")))
    op.create_table('shop_customer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('account_state', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_customer')),
    sa.UniqueConstraint('phone', name=op.f('uq_shop_customer_phone'))
    )
    op.create_table('shop_product',
    sa.Column('sku', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('price_fen', sa.Integer(), nullable=False),
    sa.Column('returnable', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('sku', name=op.f('pk_shop_product'))
    )
    op.create_table('verification_try',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('target', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verification_try'))
    )
    op.create_index('ix_verification_try_target_created_at', 'verification_try', ['target', 'created_at'], unique=False)
    op.create_table('shop_act',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['shop_customer.id'], name=op.f('fk_shop_act_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_act')),
    sa.UniqueConstraint('key', name=op.f('uq_shop_act_key'))
    )
    op.create_table('shop_appointment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('service', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('contact', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['shop_customer.id'], name=op.f('fk_shop_appointment_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_appointment')),
    sa.UniqueConstraint('number', name=op.f('uq_shop_appointment_number'))
    )
    op.create_index('ix_shop_appointment_customer_id', 'shop_appointment', ['customer_id'], unique=False)
    op.create_index('uq_shop_appointment_slot', 'shop_appointment', ['service', 'city', 'starts_at'], unique=True, postgresql_where=sa.text("state IN ('booked', 'changed')"))
    op.create_table('shop_order',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('total_fen', sa.Integer(), nullable=False),
    sa.Column('recipient_name', sa.Text(), nullable=False),
    sa.Column('recipient_phone', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('price_protected_fen', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['shop_customer.id'], name=op.f('fk_shop_order_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_order')),
    sa.UniqueConstraint('number', name=op.f('uq_shop_order_number'))
    )
    op.create_index('ix_shop_order_customer_id', 'shop_order', ['customer_id'], unique=False)
    op.create_table('commerce_act',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_commerce_act_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commerce_act')),
    sa.UniqueConstraint('conversation_id', 'message_id', 'act', name=op.f('uq_commerce_act_conversation_id_message_id_act'))
    )
    op.create_table('commerce_identity',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('shop_customer', sa.Text(), nullable=True),
    sa.Column('phone_masked', sa.Text(), nullable=True),
    sa.Column('verified_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('wrong_tries', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_commerce_identity_conversation_id')),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_commerce_identity'))
    )
    op.create_index('ix_commerce_identity_shop_customer', 'commerce_identity', ['shop_customer'], unique=False)
    op.create_table('shop_after_sale',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('amount_fen', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('skus', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('wanted_spec', sa.Text(), nullable=True),
    sa.Column('expected_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['shop_order.id'], name=op.f('fk_shop_after_sale_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_after_sale')),
    sa.UniqueConstraint('number', name=op.f('uq_shop_after_sale_number'))
    )
    op.create_index('ix_shop_after_sale_order_id', 'shop_after_sale', ['order_id'], unique=False)
    op.create_table('shop_invoice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('tax_number', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['shop_order.id'], name=op.f('fk_shop_invoice_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_invoice')),
    sa.UniqueConstraint('order_id', name=op.f('uq_shop_invoice_order_id'))
    )
    op.create_table('shop_order_item',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('sku', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('price_fen', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['shop_order.id'], name=op.f('fk_shop_order_item_order_id')),
    sa.ForeignKeyConstraint(['sku'], ['shop_product.sku'], name=op.f('fk_shop_order_item_sku')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_order_item')),
    sa.UniqueConstraint('order_id', 'position', name=op.f('uq_shop_order_item_order_id_position'))
    )
    op.create_table('shop_shipment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('tracking_number', sa.Text(), nullable=False),
    sa.Column('carrier', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('expected_on', sa.Date(), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pickup_code', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['order_id'], ['shop_order.id'], name=op.f('fk_shop_shipment_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_shipment')),
    sa.UniqueConstraint('order_id', name=op.f('uq_shop_shipment_order_id')),
    sa.UniqueConstraint('tracking_number', name=op.f('uq_shop_shipment_tracking_number'))
    )
    op.create_table('shop_shipment_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('shipment_id', sa.Uuid(), nullable=False),
    sa.Column('time', sa.DateTime(timezone=True), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['shipment_id'], ['shop_shipment.id'], name=op.f('fk_shop_shipment_event_shipment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_shipment_event'))
    )
    op.create_index('ix_shop_shipment_event_shipment_id', 'shop_shipment_event', ['shipment_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_shop_shipment_event_shipment_id', table_name='shop_shipment_event')
    op.drop_table('shop_shipment_event')
    op.drop_table('shop_shipment')
    op.drop_table('shop_order_item')
    op.drop_table('shop_invoice')
    op.drop_index('ix_shop_after_sale_order_id', table_name='shop_after_sale')
    op.drop_table('shop_after_sale')
    op.drop_index('ix_commerce_identity_shop_customer', table_name='commerce_identity')
    op.drop_table('commerce_identity')
    op.drop_table('commerce_act')
    op.drop_index('ix_shop_order_customer_id', table_name='shop_order')
    op.drop_table('shop_order')
    op.drop_index('uq_shop_appointment_slot', table_name='shop_appointment', postgresql_where=sa.text("state IN ('booked', 'changed')"))
    op.drop_index('ix_shop_appointment_customer_id', table_name='shop_appointment')
    op.drop_table('shop_appointment')
    op.drop_table('shop_act')
    op.drop_index('ix_verification_try_target_created_at', table_name='verification_try')
    op.drop_table('verification_try')
    op.drop_table('shop_product')
    op.drop_table('shop_customer')
    op.execute(sa.schema.DropSequence(sa.Sequence("shop_reference")))
