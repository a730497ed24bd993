-- Policies are shown in lists of the console, which follow the feed.
CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON "QuotaPolicy"
  FOR EACH ROW EXECUTE FUNCTION nephos_track_shared('QuotaPolicy', 'OPERATOR');
