-- A page of a contract's projects and the totals over all of them, in one query by hand; amounts in cents.
WITH line AS (
  SELECT
    financing_grant.financing_id,
    coalesce(scheme.is_loan, 0) AS loan,
    NOT coalesce(scheme.is_loan, 0) AND financing_grant.nature = 'investment' AS subsidy,
    financing_grant.status IN ('awarded', 'agreed', 'started', 'completed', 'closed') AS decided,
    NOT funder.public_body AS private,
    financing_grant.requested,
    financing_grant.awarded,
    (SELECT sum(amount) FROM payment WHERE grant_id = financing_grant.id AND archived_at IS NULL) AS paid
  FROM project
  JOIN financing_grant ON financing_grant.financing_id = project.financing_id
  JOIN funder ON funder.id = financing_grant.funder_id
  LEFT JOIN scheme ON scheme.id = financing_grant.scheme_id
  WHERE project.contract_id = :contract AND project.archived_at IS NULL AND financing_grant.archived_at IS NULL
    AND financing_grant.status IN (
      'identified', 'preparing', 'filed', 'complete', 'awarded', 'agreed', 'started', 'completed', 'closed'
    )
),
sums AS (
  SELECT
    financing_id,
    coalesce(sum(requested) FILTER (WHERE subsidy), 0) AS requested,
    count(*) FILTER (WHERE subsidy AND requested IS NULL) AS requested_unknown,
    coalesce(sum(awarded) FILTER (WHERE subsidy AND decided), 0) AS awarded,
    count(awarded) FILTER (WHERE subsidy AND decided) AS awarded_known,
    count(*) FILTER (WHERE subsidy AND decided AND awarded IS NULL) AS awarded_unknown,
    coalesce(sum(awarded) FILTER (WHERE subsidy AND decided AND private), 0) AS private,
    coalesce(sum(awarded) FILTER (WHERE loan AND decided), 0) AS loans,
    count(*) FILTER (WHERE loan AND decided AND awarded IS NULL) AS loans_unknown,
    coalesce(sum(paid) FILTER (WHERE subsidy AND decided), 0) AS paid
  FROM line
  GROUP BY financing_id
),
plan AS MATERIALIZED (
  SELECT
    project.id,
    project.title,
    project.status,
    project.position,
    city.name AS city,
    project.cost_excl_tax AS cost,
    project.self_funding,
    project.owner_kind IN ('city', 'intercommunal') AS public,
    floors.floor_rate,
    coalesce(sums.requested, 0) AS requested,
    coalesce(sums.requested_unknown, 0) AS requested_unknown,
    CASE WHEN sums.awarded_unknown > 0 AND sums.awarded_known = 0 THEN NULL ELSE coalesce(sums.awarded, 0) END
      AS awarded,
    coalesce(sums.awarded_unknown, 0) AS awarded_unknown,
    coalesce(sums.private, 0) AS private,
    coalesce(sums.loans, 0) AS loans,
    coalesce(sums.loans_unknown, 0) AS loans_unknown,
    coalesce(sums.paid, 0) AS paid,
    CASE WHEN coalesce(sums.awarded_unknown, 0) = 0 THEN project.cost_excl_tax - coalesce(sums.awarded, 0) END AS left
  FROM project
  JOIN city ON city.id = project.city_id
  LEFT JOIN (
    SELECT regime, floor_rate, max(valid_from) FROM owner_share_floor WHERE valid_from <= :today GROUP BY regime
  ) AS floors ON floors.regime = project.owner_share_regime
  LEFT JOIN sums ON sums.financing_id = project.financing_id
  WHERE project.contract_id = :contract AND project.archived_at IS NULL
)
SELECT
  plan.id,
  plan.title,
  plan.city,
  plan.status,
  plan.cost,
  plan.awarded,
  plan.self_funding,
  CASE WHEN plan.loans_unknown = 0 THEN plan.left - plan.self_funding - plan.loans END AS unfunded,
  plan.left,
  CASE WHEN plan.public AND plan.cost > plan.private
    THEN CAST(round(plan.left * 10000.0 / (plan.cost - plan.private)) AS INTEGER) END AS share,
  plan.floor_rate,
  CAST(round(plan.floor_rate * (plan.cost - plan.private) / 1000000.0) AS INTEGER) AS owner_floor,
  total.*
FROM plan
CROSS JOIN (
  SELECT
    count(*) AS projects,
    sum(cost) AS total_cost,
    count(*) - count(cost) AS cost_unknown,
    sum(requested) AS total_requested,
    sum(awarded) AS total_awarded,
    sum(awarded_unknown) AS awarded_unknown,
    sum(self_funding) AS total_self_funding,
    count(*) - count(self_funding) AS self_funding_unknown,
    sum(loans) AS total_loans,
    sum(loans_unknown) AS loans_unknown,
    sum(paid) AS total_paid
  FROM plan
) AS total
ORDER BY plan.title, plan.position, plan.id
LIMIT :size
