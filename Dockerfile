# Nephos in one image: the management server, the usage daemon and the agents, each by its own command.
#   docker build --tag nephos .

# What npm ci and the console's build leave behind; the commands are those of every other machine.
FROM node:24-bookworm-slim AS build
WORKDIR /opt/nephos
COPY . .
RUN npm ci
RUN npm run build

# What runs: sources as they are, generated types, the built console, no development packages.
FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/nephos
COPY . .
RUN npm ci --omit=dev --workspace=server --workspace=usage --workspace=agents/host --workspace=agents/storage
COPY --from=build /opt/nephos/prisma/generated prisma/generated
COPY --from=build /opt/nephos/console/build console/build

# Nothing of it needs root. The host agent does, and belongs on its host, not into a container.
USER node
EXPOSE 8080 8250
# Others: usage/main.ts, agents/storage/main.ts, agents/host/main.ts
CMD ["node", "server/main.ts"]
