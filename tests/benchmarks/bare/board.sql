-- The completeness board of a contract-year by hand, once its year is over: one line per expected file, in one statement.
WITH chosen AS MATERIALIZED (
  SELECT tfpb_file.id
  FROM convention
  JOIN tfpb_file ON tfpb_file.convention_id = convention.id
  WHERE convention.contract_id = :contract AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
),
action AS MATERIALIZED (
  SELECT
    file_id, count(*) AS actions, count(planned_cost) AS planned, count(actual_cost) AS actual,
    count(landlord_share) AS share, count(valued_amount) AS valued,
    sum(
      valued_amount > 0 AND NOT EXISTS (
        SELECT 1
        FROM document
        WHERE parent_type = 'tfpb_action' AND parent_id = tfpb_action.id AND archived_at IS NULL
      )
    ) AS unproven
  FROM tfpb_action
  WHERE file_id IN (SELECT id FROM chosen) AND archived_at IS NULL
  GROUP BY file_id
),
heard AS MATERIALIZED (
  SELECT
    file_id, max(stage = 'diagnosis') AS diagnosis, max(stage = 'definition') AS definition,
    max(stage = 'midway') AS midway, max(stage = 'report') AS report
  FROM participation
  WHERE file_id IN (SELECT id FROM chosen) AND archived_at IS NULL
  GROUP BY file_id
),
called AS MATERIALIZED (
  SELECT
    item_id AS convention_id, changes ->> '$.neighbourhood_id[1]' AS neighbourhood_id,
    max(changes ->> '$.on[1]') AS reminded_on
  FROM convention
  CROSS JOIN history_entry ON history_entry.item_type = 'convention' AND history_entry.item_id = convention.id
  WHERE convention.contract_id = :contract AND verb = 'remind' AND changes ->> '$.year[1]' = :year
  GROUP BY 1, 2
)
SELECT
  convention.id AS convention_id, neighbourhood.id AS neighbourhood_id, file.id AS file_id, landlord.siren,
  landlord.name AS landlord, city.insee, city.name AS city, neighbourhood.name AS neighbourhood, file.status,
  file.programme_status, file.first_submitted_at, called.reminded_on,
  convention.status <> 'expired' AND (
    coalesce(convention.signed_on > :signature, 1) OR coalesce(convention.declared_on > :declaration, 1)
  ) AS convention,
  file.dwellings IS NULL OR file.abated_dwellings IS NULL
    OR coalesce(file.abatement_actual, file.abatement_estimated) IS NULL OR action.actions IS NULL
    OR action.planned < action.actions OR action.actual < action.actions OR action.share < action.actions
    OR action.valued < action.actions AS amounts,
  coalesce(file.programme_status, '') <> 'validated' AS programme,
  coalesce(file.status, 'draft') IN ('draft', 'to_correct') AS report,
  coalesce(action.unproven, 0) > 0 AS evidence,
  heard.file_id IS NULL OR NOT (diagnosis AND definition AND midway AND report) AS participation,
  CASE
    WHEN coalesce(file.status, 'draft') IN ('draft', 'to_correct') AND :due < :today
    THEN CAST(julianday(:today) - julianday(:due) AS INTEGER)
  END AS days_late,
  CASE WHEN coalesce(file.status, 'draft') = 'draft' AND :due < :today THEN :due ELSE file.moved_on END AS since
FROM convention
JOIN neighbourhood_city ON neighbourhood_city.city_id = convention.city_id
JOIN neighbourhood ON neighbourhood.id = neighbourhood_city.neighbourhood_id
JOIN landlord ON landlord.id = convention.landlord_id
JOIN city ON city.id = convention.city_id
LEFT JOIN tfpb_file AS file ON file.convention_id = convention.id AND file.neighbourhood_id = neighbourhood.id
  AND file.year = :year AND file.archived_at IS NULL
LEFT JOIN action ON action.file_id = file.id
LEFT JOIN heard ON heard.file_id = file.id
LEFT JOIN called ON called.convention_id = convention.id AND called.neighbourhood_id = neighbourhood.id
WHERE convention.contract_id = :contract AND neighbourhood.contract_id = :contract AND convention.archived_at IS NULL
  AND neighbourhood.archived_at IS NULL AND convention.first_year <= :year AND convention.last_year >= :year
  AND convention.status <> 'terminated'
ORDER BY days_late DESC NULLS LAST, landlord.name, city.name, neighbourhood.name;
