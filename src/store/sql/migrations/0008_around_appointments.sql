-- What is sent around an appointment is about that appointment: a conversation may have several ahead, each with its
-- own preparation.
ALTER TABLE enrollment ADD COLUMN appointment_id {INT} REFERENCES appointment (id)
--;
DROP INDEX enrollment_once
--;
CREATE UNIQUE INDEX enrollment_once ON enrollment (conversation_id, sequence_id, coalesce(appointment_id, 0))
  WHERE state = 'active'
--;
-- What the customer is told of a cancellation: staff's reason. What somebody typed behind a customer's link is kept in
-- `reason` and mailed to nobody, since whoever booked may have given another person's address.
ALTER TABLE appointment ADD COLUMN told_reason TEXT
--;
-- {covers, why, outcomes, ready}: text per language each; what a customer reads before booking, and before the talk.
ALTER TABLE meeting_type ADD COLUMN education {JSON}
