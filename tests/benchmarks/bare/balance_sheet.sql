-- The balance sheet of a contract-year by hand: a GROUP BY for each of its tables, and its other lines; in cents.

-- figures: totals and the lines by landlord, city, neighbourhood and axis, from one pass over the actions
WITH file AS MATERIALIZED (
  SELECT
    tfpb_file.id, convention.landlord_id, convention.city_id, tfpb_file.neighbourhood_id,
    tfpb_file.dwellings, tfpb_file.abated_dwellings,
    coalesce(tfpb_file.abatement_actual, tfpb_file.abatement_estimated) AS abatement
  FROM convention
  JOIN tfpb_file ON tfpb_file.convention_id = convention.id
  WHERE convention.contract_id = :contract AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
    AND tfpb_file.status IN ('submitted', 'verified', 'validated', 'transmitted')
),
cell AS MATERIALIZED (
  SELECT
    file_id, axis, count(*) AS actions,
    sum(planned_cost) AS planned, count(planned_cost) AS planned_known,
    sum(actual_cost) AS actual, count(actual_cost) AS actual_known,
    sum(landlord_share) AS share, sum(valued_amount) AS valued, count(valued_amount) AS valued_known,
    sum((
      SELECT sum(awarded)
      FROM financing_grant
      WHERE financing_id = tfpb_action.financing_id AND archived_at IS NULL
        AND status IN ('awarded', 'agreed', 'started', 'completed', 'closed')
    )) AS other
  FROM file
  CROSS JOIN tfpb_action ON tfpb_action.file_id = file.id
  WHERE tfpb_action.archived_at IS NULL
  GROUP BY file_id, axis
),
whole AS MATERIALIZED (
  SELECT
    file.*, sum(actions) AS actions, sum(planned) AS planned, sum(planned_known) AS planned_known,
    sum(actual) AS actual, sum(actual_known) AS actual_known, sum(share) AS share, sum(valued) AS valued,
    sum(valued_known) AS valued_known, sum(other) AS other
  FROM cell
  JOIN file ON file.id = cell.file_id
  GROUP BY file.id
)
SELECT
  'total' AS grouped, NULL AS key, count(*) AS files, sum(actions) AS actions, sum(dwellings) AS dwellings,
  sum(abated_dwellings) AS abated_dwellings, sum(abatement) AS abatement, sum(planned) AS planned_cost,
  sum(actual) AS actual_cost, sum(share) AS landlord_share, coalesce(sum(other), 0) AS other_funding,
  sum(valued) AS valued_amount, sum(actions) = sum(planned_known) AS planned_whole,
  sum(actions) = sum(actual_known) AS actual_whole, sum(actions) = sum(valued_known) AS valued_whole,
  count(*) = count(abatement) AS abatement_whole, count(*) = count(abated_dwellings) AS abated_whole,
  count(*) = count(dwellings) AS dwellings_whole
FROM whole
UNION ALL
SELECT
  'landlord', landlord_id, count(*), sum(actions), sum(dwellings), sum(abated_dwellings), sum(abatement), sum(planned),
  sum(actual), sum(share), coalesce(sum(other), 0), sum(valued), sum(actions) = sum(planned_known),
  sum(actions) = sum(actual_known), sum(actions) = sum(valued_known), count(*) = count(abatement),
  count(*) = count(abated_dwellings), count(*) = count(dwellings)
FROM whole GROUP BY landlord_id
UNION ALL
SELECT
  'city', city_id, count(*), sum(actions), sum(dwellings), sum(abated_dwellings), sum(abatement), sum(planned),
  sum(actual), sum(share), coalesce(sum(other), 0), sum(valued), sum(actions) = sum(planned_known),
  sum(actions) = sum(actual_known), sum(actions) = sum(valued_known), count(*) = count(abatement),
  count(*) = count(abated_dwellings), count(*) = count(dwellings)
FROM whole GROUP BY city_id
UNION ALL
SELECT
  'neighbourhood', neighbourhood_id, count(*), sum(actions), sum(dwellings), sum(abated_dwellings), sum(abatement),
  sum(planned), sum(actual), sum(share), coalesce(sum(other), 0), sum(valued), sum(actions) = sum(planned_known),
  sum(actions) = sum(actual_known), sum(actions) = sum(valued_known), count(*) = count(abatement),
  count(*) = count(abated_dwellings), count(*) = count(dwellings)
FROM whole GROUP BY neighbourhood_id
UNION ALL
SELECT
  'axis', axis, count(*), sum(actions), NULL, NULL, NULL, sum(planned), sum(actual), sum(share),
  coalesce(sum(other), 0), sum(valued), sum(actions) = sum(planned_known), sum(actions) = sum(actual_known),
  sum(actions) = sum(valued_known), 0, 0, 0
FROM cell GROUP BY axis;

-- priorities: the lines by priority
WITH file AS MATERIALIZED (
  SELECT tfpb_file.id
  FROM convention
  JOIN tfpb_file ON tfpb_file.convention_id = convention.id
  WHERE convention.contract_id = :contract AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
    AND tfpb_file.status IN ('submitted', 'verified', 'validated', 'transmitted')
)
SELECT
  'priority' AS grouped, priority AS key, count(DISTINCT file_id) AS files, count(*) AS actions, NULL AS dwellings,
  NULL AS abated_dwellings, NULL AS abatement, sum(planned_cost) AS planned_cost, sum(actual_cost) AS actual_cost,
  sum(landlord_share) AS landlord_share,
  coalesce(sum((
    SELECT sum(awarded)
    FROM financing_grant
    WHERE financing_id = tfpb_action.financing_id AND archived_at IS NULL
      AND status IN ('awarded', 'agreed', 'started', 'completed', 'closed')
  )), 0) AS other_funding,
  sum(valued_amount) AS valued_amount, count(*) = count(planned_cost) AS planned_whole,
  count(*) = count(actual_cost) AS actual_whole, count(*) = count(valued_amount) AS valued_whole,
  0 AS abatement_whole, 0 AS abated_whole, 0 AS dwellings_whole
FROM file
CROSS JOIN tfpb_action ON tfpb_action.file_id = file.id
WHERE tfpb_action.archived_at IS NULL
GROUP BY priority;

-- sources: what each scheme, else each funder, awarded
WITH file AS MATERIALIZED (
  SELECT tfpb_file.id
  FROM convention
  JOIN tfpb_file ON tfpb_file.convention_id = convention.id
  WHERE convention.contract_id = :contract AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
    AND tfpb_file.status IN ('submitted', 'verified', 'validated', 'transmitted')
),
source AS (
  SELECT financing_grant.scheme_id, financing_grant.funder_id, sum(financing_grant.awarded) AS amount
  FROM file
  CROSS JOIN tfpb_action ON tfpb_action.file_id = file.id
  JOIN financing_grant ON financing_grant.financing_id = tfpb_action.financing_id
  WHERE tfpb_action.archived_at IS NULL AND financing_grant.archived_at IS NULL
    AND financing_grant.status IN ('awarded', 'agreed', 'started', 'completed', 'closed')
  GROUP BY financing_grant.scheme_id, financing_grant.funder_id
)
SELECT
  coalesce(scheme.code, funder.code) AS source, coalesce(scheme.name, funder.name) AS name, funder.name AS funder, amount
FROM source
LEFT JOIN scheme ON scheme.id = source.scheme_id
JOIN funder ON funder.id = source.funder_id;

-- faults: the actions whose amounts do not hold together
WITH line AS (
  SELECT
    tfpb_action.title, tfpb_action.file_id, tfpb_action.actual_cost, tfpb_action.landlord_share,
    tfpb_action.valued_amount,
    (
      SELECT CASE WHEN count(*) = count(awarded) THEN coalesce(sum(awarded), 0) END
      FROM financing_grant
      WHERE financing_id = tfpb_action.financing_id AND archived_at IS NULL
        AND status IN ('awarded', 'agreed', 'started', 'completed', 'closed')
    ) AS other
  FROM convention
  JOIN tfpb_file ON tfpb_file.convention_id = convention.id
  CROSS JOIN tfpb_action ON tfpb_action.file_id = tfpb_file.id
  WHERE convention.contract_id = :contract AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
    AND tfpb_file.status IN ('submitted', 'verified', 'validated', 'transmitted') AND tfpb_action.archived_at IS NULL
)
SELECT *
FROM line
WHERE valued_amount > actual_cost OR valued_amount > landlord_share OR actual_cost <> landlord_share + other;

-- participation: the moments of residents' participation
SELECT participation.*, convention.landlord_id, convention.city_id
FROM convention
JOIN tfpb_file ON tfpb_file.convention_id = convention.id
JOIN participation ON participation.file_id = tfpb_file.id
WHERE convention.contract_id = :contract AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
  AND tfpb_file.status IN ('submitted', 'verified', 'validated', 'transmitted') AND participation.archived_at IS NULL
ORDER BY participation.held_on, participation.id;

-- due: the files that are due, with their names, and those that are there
SELECT
  landlord.siren, landlord.name AS landlord, city.insee, city.name AS city, neighbourhood.name AS neighbourhood,
  convention.signed_on, tfpb_file.*
FROM convention
JOIN neighbourhood_city ON neighbourhood_city.city_id = convention.city_id
JOIN neighbourhood ON neighbourhood.id = neighbourhood_city.neighbourhood_id AND neighbourhood.archived_at IS NULL
JOIN landlord ON landlord.id = convention.landlord_id
JOIN city ON city.id = convention.city_id
LEFT JOIN tfpb_file ON tfpb_file.convention_id = convention.id AND tfpb_file.neighbourhood_id = neighbourhood.id
  AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
WHERE convention.contract_id = :contract AND neighbourhood.contract_id = :contract AND convention.archived_at IS NULL
  AND convention.first_year <= :year AND convention.last_year >= :year AND convention.status <> 'terminated'
ORDER BY city.name, landlord.name, neighbourhood.name;

-- evidence: by file, how many actions value something that no document proves
SELECT tfpb_action.file_id, count(*) AS unproven
FROM convention
JOIN tfpb_file ON tfpb_file.convention_id = convention.id
JOIN tfpb_action ON tfpb_action.file_id = tfpb_file.id
WHERE convention.contract_id = :contract AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
  AND tfpb_action.archived_at IS NULL AND tfpb_action.valued_amount > 0 AND NOT EXISTS (
    SELECT 1
    FROM document
    WHERE parent_type = 'tfpb_action' AND parent_id = tfpb_action.id AND archived_at IS NULL
  )
GROUP BY tfpb_action.file_id;

-- rules: by file, how many actions break each rule of the national framework
SELECT
  tfpb_action.file_id,
  sum((planned_cost < 0 OR planned_valued < 0 OR actual_cost < 0 OR landlord_share < 0 OR valued_amount < 0)
    AND coalesce(correction_reason, '') = '') AS negative_unexplained,
  sum(axis.outside_renewal AND neighbourhood.urban_renewal) AS axis_closed,
  sum(axis.needs_baseline AND NOT EXISTS (
    SELECT 1
    FROM baseline
    WHERE baseline.file_id = tfpb_action.file_id AND baseline.axis = tfpb_action.axis AND archived_at IS NULL
  )) AS no_baseline,
  sum(tfpb_action.status IN ('done', 'partial') AND coalesce(result, '') = '' AND coalesce(indicator_actual, '') = '')
    AS result_missing,
  sum(tfpb_action.status = 'done' AND observation = 'not_seen') AS not_seen,
  sum(coalesce(indicator, '') <> '' AND coalesce(indicator_target, '') = '') AS indicator_untargeted
FROM convention
JOIN tfpb_file ON tfpb_file.convention_id = convention.id
JOIN neighbourhood ON neighbourhood.id = tfpb_file.neighbourhood_id
CROSS JOIN tfpb_action ON tfpb_action.file_id = tfpb_file.id
LEFT JOIN axis ON axis.number = tfpb_action.axis
WHERE convention.contract_id = :contract AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
  AND tfpb_file.status IN ('submitted', 'verified', 'validated', 'transmitted') AND tfpb_action.archived_at IS NULL
GROUP BY tfpb_action.file_id;

-- rows: the totals again, from the actions alone
SELECT count(*), sum(planned_cost), sum(actual_cost), sum(landlord_share), sum(valued_amount)
FROM convention
JOIN tfpb_file ON tfpb_file.convention_id = convention.id
CROSS JOIN tfpb_action ON tfpb_action.file_id = tfpb_file.id
WHERE convention.contract_id = :contract AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
  AND tfpb_file.status IN ('submitted', 'verified', 'validated', 'transmitted') AND tfpb_action.archived_at IS NULL;

-- awards: what was awarded to the actions of each file
SELECT tfpb_action.file_id, sum(awarded)
FROM convention
JOIN tfpb_file ON tfpb_file.convention_id = convention.id
CROSS JOIN tfpb_action ON tfpb_action.file_id = tfpb_file.id
JOIN financing_grant ON financing_grant.financing_id = tfpb_action.financing_id
WHERE convention.contract_id = :contract AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
  AND tfpb_file.status IN ('submitted', 'verified', 'validated', 'transmitted') AND tfpb_action.archived_at IS NULL
  AND financing_grant.archived_at IS NULL
  AND financing_grant.status IN ('awarded', 'agreed', 'started', 'completed', 'closed')
GROUP BY tfpb_action.file_id;

-- carried: what the COPIL let each file do the year after
SELECT carry_over.file_id, sum(amount)
FROM convention
JOIN tfpb_file ON tfpb_file.convention_id = convention.id
JOIN carry_over ON carry_over.file_id = tfpb_file.id
WHERE convention.contract_id = :contract AND tfpb_file.year = :year AND tfpb_file.archived_at IS NULL
  AND carry_over.archived_at IS NULL
GROUP BY carry_over.file_id;
