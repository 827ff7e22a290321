# One static program in an empty image. Time zones and texts are inside it.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /bangkom .

FROM gcr.io/distroless/static:nonroot
COPY --from=build /bangkom /bangkom
ENTRYPOINT ["/bangkom"]
CMD ["serve"]
