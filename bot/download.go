package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// DefaultFileEndpoint is Telegram's own address of files, with a place for the
// token and one for the path.
const DefaultFileEndpoint = tgbotapi.FileEndpoint

// ErrTooLarge says that a file is larger than what is read.
var ErrTooLarge = errors.New("file too large")

// filePath is what getFile answers; anything else could lead out of the folder.
var filePath = regexp.MustCompile(`^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*(\.[A-Za-z0-9]+)?$`)

// Download fetches a file that a person sent, of at most limit bytes. ErrTooLarge
// when it is larger; *APIError when Telegram does not have it any more.
func (c *Client) Download(ctx context.Context, fileID string, limit int64) ([]byte, error) {
	var file struct {
		Path string `json:"file_path"`
		Size int64  `json:"file_size"`
	}
	if err := c.ask(ctx, "getFile", map[string]string{"file_id": fileID}, &file); err != nil {
		if refused := (*APIError)(nil); errors.As(err, &refused) && strings.Contains(refused.Description, "too big") {
			return nil, ErrTooLarge
		}
		return nil, err
	}
	switch {
	case file.Size > limit:
		return nil, ErrTooLarge
	case !filePath.MatchString(file.Path):
		return nil, errors.New("getFile: unexpected path")
	}
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf(c.files, c.api.Token, file.Path), nil)
	if err != nil {
		return nil, fmt.Errorf("download: %w", withoutURL(err))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, &TransientError{Method: "download", Err: withoutURL(err)}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, &TransientError{Method: "download", Status: resp.StatusCode}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return nil, &TransientError{Method: "download", Err: withoutURL(err)}
	case int64(len(body)) > limit:
		return nil, ErrTooLarge
	}
	return body, nil
}

// checkFileEndpoint returns the format of file addresses; empty = Telegram's own.
func checkFileEndpoint(endpoint string) (string, error) {
	if endpoint == "" {
		return DefaultFileEndpoint, nil
	}
	u, err := url.Parse(strings.ReplaceAll(endpoint, "%s", "x"))
	if strings.Count(endpoint, "%s") != 2 || strings.Count(endpoint, "%") != 2 || err != nil || u.Host == "" ||
		u.Scheme != "http" && u.Scheme != "https" {
		return "", errors.New("telegram file endpoint: want an http address with two %s, for token and path")
	}
	return endpoint, nil
}
