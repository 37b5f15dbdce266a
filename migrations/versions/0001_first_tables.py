"""first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


HOPS_ARE_FINAL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER handoff_is_final BEFORE UPDATE OR DELETE ON handoff
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER handoff_is_kept BEFORE TRUNCATE ON handoff
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("ticket_number")))
    op.create_table('customer',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('display_name', sa.Text(), nullable=False),
    sa.Column('tier', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer'))
    )
    op.create_table('release',
    sa.Column('number', sa.Integer(), sa.Identity(always=False), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('data_hash', sa.Text(), nullable=False),
    sa.Column('model_hash', sa.Text(), nullable=False),
    sa.Column('evaluation', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('promoted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_release'))
    )
    op.create_index('uq_release_live', 'release', ['state'], unique=True, postgresql_where=sa.text("state = 'live'"))
    op.create_table('staff',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('username', sa.Text(), nullable=False),
    sa.Column('display_name', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name=op.f('ck_staff_role_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('username', name=op.f('uq_staff_username'))
    )
    op.create_table('conversation',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('customer_id', sa.UUID(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.UUID(), nullable=True),
    sa.Column('responsible_id', sa.UUID(), nullable=True),
    sa.Column('last_seq', sa.Integer(), nullable=False),
    sa.Column('agent_read_seq', sa.Integer(), nullable=False),
    sa.Column('unread', sa.Integer(), nullable=False),
    sa.Column('last_author', sa.Text(), nullable=True),
    sa.Column('last_text', sa.Text(), nullable=True),
    sa.Column('last_message_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('category', sa.Text(), nullable=True),
    sa.Column('priority', sa.Text(), nullable=True),
    sa.Column('sentiment', sa.Text(), nullable=True),
    sa.Column('anger', sa.Boolean(), nullable=False),
    sa.Column('slots', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_response_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_response_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handoff_count', sa.Integer(), nullable=False),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('rating_comment', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state IN ('active', 'wrap_up')) = (owner_id IS NOT NULL)", name=op.f('ck_conversation_owner_iff_active')),
    sa.CheckConstraint('rating BETWEEN 1 AND 5', name=op.f('ck_conversation_rating_range')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_conversation_customer_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_conversation_owner_id')),
    sa.ForeignKeyConstraint(['responsible_id'], ['staff.id'], name=op.f('fk_conversation_responsible_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation'))
    )
    op.create_index('ix_conversation_customer_id', 'conversation', ['customer_id'], unique=False)
    op.create_index('ix_conversation_owner_id', 'conversation', ['owner_id'], unique=False)
    op.create_index('ix_conversation_state_updated_at', 'conversation', ['state', 'updated_at'], unique=False)
    op.create_table('knowledge_entry',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_by', sa.UUID(), nullable=True),
    sa.ForeignKeyConstraint(['updated_by'], ['staff.id'], name=op.f('fk_knowledge_entry_updated_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_entry')),
    sa.UniqueConstraint('key', name=op.f('uq_knowledge_entry_key'))
    )
    op.create_table('staff_session',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('staff_id', sa.UUID(), nullable=False),
    sa.Column('csrf_token', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_session_staff_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_staff_session'))
    )
    op.create_table('handoff',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=False),
    sa.Column('hop', sa.Integer(), nullable=False),
    sa.Column('from_owner', sa.Text(), nullable=False),
    sa.Column('to_owner', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('packet_version', sa.Integer(), nullable=False),
    sa.Column('packet', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_handoff_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoff')),
    sa.UniqueConstraint('conversation_id', 'cause', name=op.f('uq_handoff_conversation_id_cause')),
    sa.UniqueConstraint('conversation_id', 'hop', name=op.f('uq_handoff_conversation_id_hop'))
    )
    op.create_table('knowledge_question',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('entry_id', sa.UUID(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['knowledge_entry.id'], name=op.f('fk_knowledge_question_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_question')),
    sa.UniqueConstraint('entry_id', 'text', name=op.f('uq_knowledge_question_entry_id_text'))
    )
    op.create_table('message',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('buttons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('client_id', sa.Text(), nullable=True),
    sa.Column('reply_to', sa.UUID(), nullable=True),
    sa.Column('staff_id', sa.UUID(), nullable=True),
    sa.Column('suppressed', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_message_conversation_id')),
    sa.ForeignKeyConstraint(['reply_to'], ['message.id'], name=op.f('fk_message_reply_to')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_message_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('conversation_id', 'author', 'client_id', name=op.f('uq_message_conversation_id_author_client_id')),
    sa.UniqueConstraint('conversation_id', 'seq', name=op.f('uq_message_conversation_id_seq'))
    )
    op.create_index('ix_message_reply_to', 'message', ['reply_to'], unique=False)
    op.create_table('ticket',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=False),
    sa.Column('customer_id', sa.UUID(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('order_number', sa.Text(), nullable=True),
    sa.Column('contact', sa.Text(), nullable=True),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('nature', sa.Text(), nullable=False),
    sa.Column('impact', sa.Integer(), nullable=False),
    sa.Column('urgency', sa.Integer(), nullable=False),
    sa.Column('priority', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('first_response_due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolution_due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_ticket_conversation_id')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_ticket_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sa.UniqueConstraint('cause', name=op.f('uq_ticket_cause')),
    sa.UniqueConstraint('number', name=op.f('uq_ticket_number'))
    )
    op.create_index('ix_ticket_conversation_id', 'ticket', ['conversation_id'], unique=False)
    op.create_index('ix_ticket_customer_id', 'ticket', ['customer_id'], unique=False)
    op.create_table('visitor_session',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('customer_id', sa.UUID(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_visitor_session_conversation_id')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_visitor_session_customer_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_visitor_session'))
    )
    op.create_table('triage_result',
    sa.Column('message_id', sa.UUID(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=False),
    sa.Column('release', sa.Integer(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('nature', sa.Text(), nullable=False),
    sa.Column('priority', sa.Text(), nullable=False),
    sa.Column('sentiment', sa.Text(), nullable=False),
    sa.Column('anger', sa.Boolean(), nullable=False),
    sa.Column('labels', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_triage_result_conversation_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_triage_result_message_id')),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_triage_result'))
    )
    op.create_index('ix_triage_result_conversation_id', 'triage_result', ['conversation_id'], unique=False)
    op.create_table('turn',
    sa.Column('message_id', sa.UUID(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('nlu', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('suggestions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('release', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_turn_conversation_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_turn_message_id')),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_turn'))
    )
    op.create_index('ix_turn_conversation_id', 'turn', ['conversation_id'], unique=False)
    op.create_index('ix_turn_told', 'turn', ['created_at'], unique=False, postgresql_where=sa.text("state = 'told'"))
    op.execute(HOPS_ARE_FINAL)


def downgrade() -> None:
    op.execute("DROP TRIGGER handoff_is_kept ON handoff")
    op.execute("DROP TRIGGER handoff_is_final ON handoff")
    op.execute("DROP FUNCTION refuse_change()")
    op.drop_index('ix_turn_told', table_name='turn', postgresql_where=sa.text("state = 'told'"))
    op.drop_index('ix_turn_conversation_id', table_name='turn')
    op.drop_table('turn')
    op.drop_index('ix_triage_result_conversation_id', table_name='triage_result')
    op.drop_table('triage_result')
    op.drop_table('visitor_session')
    op.drop_index('ix_ticket_customer_id', table_name='ticket')
    op.drop_index('ix_ticket_conversation_id', table_name='ticket')
    op.drop_table('ticket')
    op.drop_index('ix_message_reply_to', table_name='message')
    op.drop_table('message')
    op.drop_table('knowledge_question')
    op.drop_table('handoff')
    op.drop_table('staff_session')
    op.drop_table('knowledge_entry')
    op.drop_index('ix_conversation_state_updated_at', table_name='conversation')
    op.drop_index('ix_conversation_owner_id', table_name='conversation')
    op.drop_index('ix_conversation_customer_id', table_name='conversation')
    op.drop_table('conversation')
    op.drop_table('staff')
    op.drop_index('uq_release_live', table_name='release', postgresql_where=sa.text("state = 'live'"))
    op.drop_table('release')
    op.drop_table('customer')
    op.execute(sa.schema.DropSequence(sa.Sequence("ticket_number")))
