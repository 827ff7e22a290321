-- +goose Up

-- Surveys without names (survei anonim), and the change about which readiness is asked.
ALTER TABLE staff_survey DROP CONSTRAINT staff_survey_manner_check,
    ADD CONSTRAINT staff_survey_manner_check CHECK (manner IN ('named', 'confidential', 'anonymous'));
ALTER TABLE staff_survey ADD COLUMN change text NOT NULL DEFAULT '';
-- The unit of the day on which the survey started; NULL = of a survey from before.
ALTER TABLE staff_survey_person ADD COLUMN unit_id bigint REFERENCES unit;

-- What holds answers until they are counted, and the groups in which they are, are those of
-- evaluations: a sealed answer belongs to any occasion, a group to a programme or a survey.
ALTER TABLE held_answer DROP CONSTRAINT held_answer_occasion_id_fkey,
    ADD CONSTRAINT held_answer_occasion_id_fkey FOREIGN KEY (occasion_id) REFERENCES occasion;
ALTER TABLE atom ALTER COLUMN programme_id DROP NOT NULL;
ALTER TABLE atom ADD COLUMN survey_id bigint REFERENCES staff_survey,
    ADD CONSTRAINT atom_of_one CHECK ((programme_id IS NULL) <> (survey_id IS NULL));
CREATE INDEX atom_survey ON atom (survey_id) WHERE survey_id IS NOT NULL;
ALTER TABLE spent_prompt RENAME COLUMN batch_id TO occasion_id;
ALTER TABLE spent_prompt DROP CONSTRAINT spent_prompt_batch_id_fkey,
    ADD CONSTRAINT spent_prompt_occasion_id_fkey FOREIGN KEY (occasion_id) REFERENCES occasion;

-- The units of which the people of a group were asked; each stands in one group of a survey.
CREATE TABLE atom_unit (
    atom_id bigint NOT NULL REFERENCES atom,
    unit_id bigint NOT NULL REFERENCES unit,
    PRIMARY KEY (atom_id, unit_id)
);
CREATE INDEX atom_unit_of ON atom_unit (unit_id);
