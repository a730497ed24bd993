-- What a use's offering is called at the moment: prices and reports may go by it. Offerings that are not there have no name.
-- Its plans are kept, which counts where one event is written after the other.
CREATE FUNCTION nephos_with_offering_name(attributes jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  offering text := attributes->>'offeringId';
  called text;
BEGIN
  IF offering IS NULL THEN
    RETURN attributes;
  END IF;
  SELECT o."name" INTO called FROM "ServiceOffering" o WHERE o."id" = offering;
  IF NOT FOUND THEN
    SELECT o."name" INTO called FROM "DiskOffering" o WHERE o."id" = offering;
  END IF;
  RETURN CASE WHEN called IS NULL THEN attributes ELSE attributes || jsonb_build_object('offeringName', called) END;
END $$;
