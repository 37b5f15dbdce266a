"""what is learned from and its versions, trainings, proofs, and what became of releases"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

WORDS_MAY_GO = """
CREATE FUNCTION refuse_change_of_more() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('fenzhen.erasing', true) = 'on'
       AND to_jsonb(NEW) - TG_ARGV::text[] = to_jsonb(OLD) - TG_ARGV::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER handoff_is_final BEFORE UPDATE OR DELETE ON handoff
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_more('packet', 'note');
CREATE OR REPLACE TRIGGER ticket_event_is_final BEFORE UPDATE OR DELETE ON ticket_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_more('data');
"""
"""Hops and histories stay as they are, but for a customer's words when the customer is erased."""

NOTHING_MAY_GO = """
CREATE OR REPLACE TRIGGER handoff_is_final BEFORE UPDATE OR DELETE ON handoff
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER ticket_event_is_final BEFORE UPDATE OR DELETE ON ticket_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_change_of_more();
"""


def upgrade() -> None:
    op.create_table('intent',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_intent'))
    )
    op.create_table('review_cluster',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('terms', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('draft_key', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_cluster'))
    )
    op.create_table('knowledge_import',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('dry_run', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('report', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_knowledge_import_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_import'))
    )
    op.create_index('ix_knowledge_import_created_at', 'knowledge_import', ['created_at'], unique=False)
    op.create_table('learning_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_learning_event_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learning_event'))
    )
    op.create_index('ix_learning_event_subject', 'learning_event', ['kind', 'subject', 'created_at'], unique=False)
    op.create_table('response_text',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('texts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['updated_by'], ['staff.id'], name=op.f('fk_response_text_updated_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_response_text'))
    )
    op.create_table('knowledge_draft',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=True),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('base_version', sa.Integer(), nullable=True),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['staff.id'], name=op.f('fk_knowledge_draft_author_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['knowledge_entry.id'], name=op.f('fk_knowledge_draft_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_draft')),
    sa.UniqueConstraint('key', name=op.f('uq_knowledge_draft_key'))
    )
    op.create_index('uq_knowledge_draft_entry_id', 'knowledge_draft', ['entry_id'], unique=True, postgresql_where=sa.text('entry_id IS NOT NULL'))
    op.create_table('knowledge_version',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['knowledge_entry.id'], name=op.f('fk_knowledge_version_entry_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_knowledge_version_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_version')),
    sa.UniqueConstraint('entry_id', 'version', name=op.f('uq_knowledge_version_entry_id_version'))
    )
    op.create_table('release_move',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('release', sa.Integer(), nullable=False),
    sa.Column('before', sa.Integer(), nullable=True),
    sa.Column('share', sa.Double(), nullable=True),
    sa.Column('overrode', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['before'], ['release.number'], name=op.f('fk_release_move_before')),
    sa.ForeignKeyConstraint(['release'], ['release.number'], name=op.f('fk_release_move_release')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_release_move_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release_move'))
    )
    op.create_index('ix_release_move_created_at', 'release_move', ['created_at'], unique=False)
    op.create_table('release_proof',
    sa.Column('release', sa.Integer(), nullable=False),
    sa.Column('against', sa.Integer(), nullable=False),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['against'], ['release.number'], name=op.f('fk_release_proof_against')),
    sa.ForeignKeyConstraint(['release'], ['release.number'], name=op.f('fk_release_proof_release')),
    sa.PrimaryKeyConstraint('release', 'against', name=op.f('pk_release_proof'))
    )
    op.create_table('question_vector',
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_question_vector'))
    )
    op.create_table('training_run',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=True),
    sa.Column('progress', sa.Double(), nullable=False),
    sa.Column('log', sa.Text(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('cancel_asked', sa.Boolean(), nullable=False),
    sa.Column('release', sa.Integer(), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['release'], ['release.number'], name=op.f('fk_training_run_release')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_training_run_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_run'))
    )
    op.create_index('ix_training_run_created_at', 'training_run', ['created_at'], unique=False)
    op.create_index('uq_training_run_open', 'training_run', [sa.literal_column('(true)')], unique=True, postgresql_where=sa.text("state IN ('queued', 'running')"))
    op.create_table('review_item',
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=True),
    sa.Column('cluster_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('decided', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['cluster_id'], ['review_cluster.id'], name=op.f('fk_review_item_cluster_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_review_item_conversation_id')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_review_item_customer_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_review_item_message_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_review_item_staff_id')),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_review_item'))
    )
    op.create_index('ix_review_item_cluster_id', 'review_item', ['cluster_id'], unique=False)
    op.create_index('ix_review_item_customer_id', 'review_item', ['customer_id'], unique=False)
    op.create_index('ix_review_item_decided', 'review_item', ['staff_id', 'decided_at'], unique=False)
    op.create_index('ix_review_item_open', 'review_item', ['value'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_table('training_line',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('labels', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_training_line_customer_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_training_line_message_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_training_line_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_line')),
    sa.UniqueConstraint('kind', 'label', 'digest', name=op.f('uq_training_line_kind_label_digest'))
    )
    op.create_index('ix_training_line_customer_id', 'training_line', ['customer_id'], unique=False)
    op.create_index('ix_training_line_kind_label', 'training_line', ['kind', 'label', 'state'], unique=False)
    op.create_index('ix_training_line_message_id', 'training_line', ['message_id'], unique=False)
    op.create_index('uq_training_line_active', 'training_line', ['kind', 'digest'], unique=True, postgresql_where=sa.text("state = 'active'"))
    op.add_column('attachment', sa.Column('knowledge', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('conversation', sa.Column('track', sa.Text(), server_default='live', nullable=False))
    op.create_index('ix_conversation_canary', 'conversation', ['id'], unique=False, postgresql_where=sa.text("track = 'canary'"))
    op.create_index('ix_turn_finished_at', 'turn', ['finished_at'], unique=False)
    op.add_column('earlier_rating', sa.Column('matter_seq', sa.Integer(), nullable=True))
    op.create_unique_constraint(op.f('uq_earlier_rating_conversation_id_matter_seq'), 'earlier_rating', ['conversation_id', 'matter_seq'])
    op.add_column('triage_result', sa.Column('stood_before', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False))
    op.add_column('knowledge_entry', sa.Column('buttons', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    op.add_column('knowledge_entry', sa.Column('variants', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False))
    op.add_column('knowledge_entry', sa.Column('valid_from', sa.DateTime(timezone=True), nullable=True))
    op.add_column('knowledge_entry', sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True))
    op.add_column('knowledge_entry', sa.Column('owner_id', sa.Uuid(), nullable=True))
    op.add_column('knowledge_entry', sa.Column('review_on', sa.Date(), nullable=True))
    op.create_foreign_key(op.f('fk_knowledge_entry_owner_id'), 'knowledge_entry', 'staff', ['owner_id'], ['id'])
    op.add_column('release', sa.Column('data_counts', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False))
    op.add_column('release', sa.Column('note', sa.Text(), nullable=True))
    op.add_column('release', sa.Column('trained_by', sa.Uuid(), nullable=True))
    op.add_column('release', sa.Column('canary_share', sa.Double(), nullable=True))
    op.create_index('uq_release_canary', 'release', ['state'], unique=True, postgresql_where=sa.text("state = 'canary'"))
    op.add_column('release', sa.Column('erased_lines', sa.Integer(), server_default='0', nullable=False))
    op.create_foreign_key(op.f('fk_release_trained_by'), 'release', 'staff', ['trained_by'], ['id'])
    op.add_column('customer', sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(WORDS_MAY_GO)


def downgrade() -> None:
    op.execute(NOTHING_MAY_GO)
    op.drop_column('customer', 'erased_at')
    op.drop_constraint(op.f('fk_release_trained_by'), 'release', type_='foreignkey')
    op.drop_index('uq_release_canary', table_name='release', postgresql_where=sa.text("state = 'canary'"))
    op.drop_column('release', 'erased_lines')
    op.drop_column('release', 'canary_share')
    op.drop_column('release', 'trained_by')
    op.drop_column('release', 'note')
    op.drop_column('release', 'data_counts')
    op.drop_constraint(op.f('fk_knowledge_entry_owner_id'), 'knowledge_entry', type_='foreignkey')
    op.drop_column('knowledge_entry', 'review_on')
    op.drop_column('knowledge_entry', 'owner_id')
    op.drop_column('knowledge_entry', 'valid_to')
    op.drop_column('knowledge_entry', 'valid_from')
    op.drop_column('knowledge_entry', 'variants')
    op.drop_column('knowledge_entry', 'buttons')
    op.drop_column('triage_result', 'stood_before')
    op.drop_constraint(op.f('uq_earlier_rating_conversation_id_matter_seq'), 'earlier_rating', type_='unique')
    op.drop_column('earlier_rating', 'matter_seq')
    op.drop_index('ix_turn_finished_at', table_name='turn')
    op.drop_index('ix_conversation_canary', table_name='conversation', postgresql_where=sa.text("track = 'canary'"))
    op.drop_column('conversation', 'track')
    op.drop_column('attachment', 'knowledge')
    op.drop_table('question_vector')
    op.drop_index('uq_training_line_active', table_name='training_line', postgresql_where=sa.text("state = 'active'"))
    op.drop_index('ix_training_line_message_id', table_name='training_line')
    op.drop_index('ix_training_line_kind_label', table_name='training_line')
    op.drop_index('ix_training_line_customer_id', table_name='training_line')
    op.drop_table('training_line')
    op.drop_index('ix_review_item_open', table_name='review_item', postgresql_where=sa.text("state = 'open'"))
    op.drop_index('ix_review_item_decided', table_name='review_item')
    op.drop_index('ix_review_item_customer_id', table_name='review_item')
    op.drop_index('ix_review_item_cluster_id', table_name='review_item')
    op.drop_table('review_item')
    op.drop_index('uq_training_run_open', table_name='training_run', postgresql_where=sa.text("state IN ('queued', 'running')"))
    op.drop_index('ix_training_run_created_at', table_name='training_run')
    op.drop_table('training_run')
    op.drop_table('release_proof')
    op.drop_index('ix_release_move_created_at', table_name='release_move')
    op.drop_table('release_move')
    op.drop_table('knowledge_version')
    op.drop_index('uq_knowledge_draft_entry_id', table_name='knowledge_draft', postgresql_where=sa.text('entry_id IS NOT NULL'))
    op.drop_table('knowledge_draft')
    op.drop_table('response_text')
    op.drop_index('ix_learning_event_subject', table_name='learning_event')
    op.drop_table('learning_event')
    op.drop_index('ix_knowledge_import_created_at', table_name='knowledge_import')
    op.drop_table('knowledge_import')
    op.drop_table('review_cluster')
    op.drop_table('intent')
