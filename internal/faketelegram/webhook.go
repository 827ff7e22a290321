package faketelegram

import (
	"context"
	"net/url"
	"regexp"
)

// webhook is where updates go instead of getUpdates.
type webhook struct {
	info   WebhookInfo
	secret string
	ctx    context.Context // ends with the webhook
	stop   context.CancelFunc
	wake   chan struct{}
	busy   map[int64]bool // lanes with an update on its way
	flying int            // requests under way
}

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func (s *Server) setWebhook(q *request) (effect, *apiError) {
	if q.params["url"] == "" {
		return s.deleteWebhook(q)
	}
	if q.flag("drop_pending_updates") {
		return nil, badRequest("drop_pending_updates forgets updates")
	}
	u, err := url.Parse(q.params["url"])
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, badRequest("bad webhook: An HTTPS URL must be provided for webhook")
	}
	conns := int(q.number("max_connections", 40))
	if conns < 1 || conns > 100 {
		return nil, badRequest("max_connections must be between 1 and 100")
	}
	secret := q.params["secret_token"]
	if secret != "" && !secretForm.MatchString(secret) {
		return nil, badRequest("secret token contains unallowed characters")
	}
	kinds, set, bad := allowedUpdates(q)
	if bad != nil {
		return nil, bad
	}
	return func() (any, *apiError) {
		if set {
			s.queue.allowed = kinds
		}
		s.endWebhook()
		s.startWebhook(WebhookInfo{URL: u.String(), IPAddress: q.params["ip_address"], MaxConnections: conns}, secret)
		return true, nil
	}, nil
}

func (s *Server) deleteWebhook(q *request) (effect, *apiError) {
	if q.flag("drop_pending_updates") {
		return nil, badRequest("drop_pending_updates forgets updates")
	}
	return func() (any, *apiError) {
		s.endWebhook()
		return true, nil
	}, nil
}

func (s *Server) getWebhookInfo(*request) (effect, *apiError) {
	return func() (any, *apiError) { return s.webhookInfo(), nil }, nil
}

// webhookInfo returns the present state. The caller holds s.mu.
func (s *Server) webhookInfo() WebhookInfo {
	s.expire()
	var info WebhookInfo
	if s.hook != nil {
		info = s.hook.info
	}
	info.Pending = len(s.queue.pending)
	info.AllowedUpdates = s.queue.allowed
	return info
}
