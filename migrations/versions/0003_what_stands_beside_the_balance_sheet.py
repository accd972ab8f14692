"""what stands beside the balance sheet

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-29 07:08:14.823537

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('reference_value',
    sa.Column('figure', sa.String(length=40), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('low', sa.Integer(), nullable=False),
    sa.Column('high', sa.Integer(), nullable=True),
    sa.Column('period', sa.String(length=60), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('archived_reason', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reference_value'))
    )
    op.create_table('evaluation',
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('content', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_evaluation_contract_id_contract'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation')),
    sa.UniqueConstraint('contract_id', 'year', name=op.f('uq_evaluation_contract_id_year'))
    )
    op.create_table('publication',
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(), nullable=False),
    sa.Column('opened_by', sa.String(length=200), nullable=False),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('archived_reason', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_publication_edition_id_edition'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publication'))
    )
    with op.batch_alter_table('publication', schema=None) as batch_op:
        batch_op.create_index('uq_publication_edition_id', ['edition_id'], unique=True, sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))

    op.create_table('decision',
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=True),
    sa.Column('landlord_id', sa.Integer(), nullable=True),
    sa.Column('city_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('carry_over_id', sa.Integer(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('archived_reason', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_decision_amount')),
    sa.ForeignKeyConstraint(['carry_over_id'], ['carry_over.id'], name=op.f('fk_decision_carry_over_id_carry_over'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['city_id'], ['city.id'], name=op.f('fk_decision_city_id_city'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_decision_edition_id_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['file_id'], ['tfpb_file.id'], name=op.f('fk_decision_file_id_tfpb_file'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['landlord_id'], ['landlord.id'], name=op.f('fk_decision_landlord_id_landlord'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_decision_meeting_id_meeting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision'))
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decision_carry_over_id'), ['carry_over_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_city_id'), ['city_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_edition_id'), ['edition_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_file_id'), ['file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_landlord_id'), ['landlord_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_meeting_id'), ['meeting_id'], unique=False)

    with op.batch_alter_table('edition', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pdf', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('pdf_sha256', sa.String(length=64), nullable=True))

    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.add_column(sa.Column('agenda', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('attendance', sa.Text(), nullable=True))



def downgrade():
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.drop_column('attendance')
        batch_op.drop_column('agenda')

    with op.batch_alter_table('edition', schema=None) as batch_op:
        batch_op.drop_column('pdf_sha256')
        batch_op.drop_column('pdf')

    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decision_meeting_id'))
        batch_op.drop_index(batch_op.f('ix_decision_landlord_id'))
        batch_op.drop_index(batch_op.f('ix_decision_file_id'))
        batch_op.drop_index(batch_op.f('ix_decision_edition_id'))
        batch_op.drop_index(batch_op.f('ix_decision_city_id'))
        batch_op.drop_index(batch_op.f('ix_decision_carry_over_id'))

    op.drop_table('decision')
    with op.batch_alter_table('publication', schema=None) as batch_op:
        batch_op.drop_index('uq_publication_edition_id', sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))

    op.drop_table('publication')
    op.drop_table('evaluation')
    op.drop_table('reference_value')
