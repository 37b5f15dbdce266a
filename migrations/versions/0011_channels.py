"""accounts on other channels, and what is sent to their customers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _accounts()
    _deliveries()
    _consents()
    op.add_column('conversation', sa.Column('contact_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_conversation_contact_id'), 'conversation', 'channel_contact', ['contact_id'], ['id'])
    # two channels of one person may be joined by a code, without staff
    op.alter_column('customer_merge', 'staff_id', existing_type=sa.Uuid(), nullable=True)


def _accounts() -> None:
    op.create_table('channel_account',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('display_name', sa.Text(), nullable=False),
    sa.Column('app_id', sa.Text(), nullable=False),
    sa.Column('open_kfid', sa.Text(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('switches', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('cursor', sa.Text(), nullable=True),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_account')),
    sa.UniqueConstraint('key', name=op.f('uq_channel_account_key'))
    )
    op.create_table('channel_contact',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('external_id', sa.Text(), nullable=False),
    sa.Column('identity_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('subscribed', sa.Boolean(), nullable=True),
    sa.Column('service_state', sa.Integer(), nullable=True),
    sa.Column('message_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('message_used', sa.Integer(), nullable=False),
    sa.Column('tap_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tap_used', sa.Integer(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['channel_account.id'], name=op.f('fk_channel_contact_account_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_channel_contact_conversation_id')),
    sa.ForeignKeyConstraint(['identity_id'], ['customer_identity.id'], name=op.f('fk_channel_contact_identity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_contact')),
    sa.UniqueConstraint('account_id', 'external_id', name=op.f('uq_channel_contact_account_id_external_id'))
    )
    op.create_index('ix_channel_contact_conversation_id', 'channel_contact', ['conversation_id'], unique=False)
    op.create_index('ix_channel_contact_identity_id', 'channel_contact', ['identity_id'], unique=False)
    op.create_table('channel_receipt',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['channel_account.id'], name=op.f('fk_channel_receipt_account_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_channel_receipt_message_id')),
    sa.PrimaryKeyConstraint('account_id', 'key', name=op.f('pk_channel_receipt'))
    )
    op.create_index('ix_channel_receipt_received_at', 'channel_receipt', ['received_at'], unique=False)


def _deliveries() -> None:
    op.create_table('delivery',
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('code', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['channel_contact.id'], name=op.f('fk_delivery_contact_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_delivery_conversation_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_delivery_message_id')),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_delivery'))
    )
    op.create_index('ix_delivery_conversation_id', 'delivery', ['conversation_id'], unique=False)
    op.create_index('ix_delivery_waiting', 'delivery', ['contact_id', 'created_at'], unique=False, postgresql_where=sa.text("state IN ('waiting', 'held')"))
    op.create_table('sending',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('message_ids', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('body', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('charged', sa.Text(), nullable=True),
    sa.Column('code', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['channel_contact.id'], name=op.f('fk_sending_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sending'))
    )
    op.create_index('ix_sending_contact_id', 'sending', ['contact_id', 'created_at'], unique=False)
    op.create_index('ix_sending_open', 'sending', ['created_at'], unique=False, postgresql_where=sa.text("state = 'begun'"))


def _consents() -> None:
    op.create_table('join_code',
    sa.Column('code_hash', sa.LargeBinary(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['channel_contact.id'], name=op.f('fk_join_code_contact_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_join_code_conversation_id')),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_join_code'))
    )
    op.create_index('ix_join_code_conversation_id', 'join_code', ['conversation_id'], unique=False)
    op.create_table('subscription_grant',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('template_id', sa.Text(), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['channel_contact.id'], name=op.f('fk_subscription_grant_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription_grant'))
    )
    op.create_index('ix_subscription_grant_open', 'subscription_grant', ['contact_id', 'template_id'], unique=False, postgresql_where=sa.text('used_at IS NULL'))


def downgrade() -> None:
    op.alter_column('customer_merge', 'staff_id', existing_type=sa.Uuid(), nullable=False)
    op.drop_constraint(op.f('fk_conversation_contact_id'), 'conversation', type_='foreignkey')
    op.drop_column('conversation', 'contact_id')
    op.drop_index('ix_subscription_grant_open', table_name='subscription_grant', postgresql_where=sa.text('used_at IS NULL'))
    op.drop_table('subscription_grant')
    op.drop_index('ix_sending_open', table_name='sending', postgresql_where=sa.text("state = 'begun'"))
    op.drop_index('ix_sending_contact_id', table_name='sending')
    op.drop_table('sending')
    op.drop_index('ix_join_code_conversation_id', table_name='join_code')
    op.drop_table('join_code')
    op.drop_index('ix_delivery_waiting', table_name='delivery', postgresql_where=sa.text("state IN ('waiting', 'held')"))
    op.drop_index('ix_delivery_conversation_id', table_name='delivery')
    op.drop_table('delivery')
    op.drop_index('ix_channel_receipt_received_at', table_name='channel_receipt')
    op.drop_table('channel_receipt')
    op.drop_index('ix_channel_contact_identity_id', table_name='channel_contact')
    op.drop_index('ix_channel_contact_conversation_id', table_name='channel_contact')
    op.drop_table('channel_contact')
    op.drop_table('channel_account')
