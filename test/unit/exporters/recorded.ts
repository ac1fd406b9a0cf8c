// What Docker Compose v5.5.1 answered for one project that uses most of what is printed in its own way: `config`, as YAML and as JSON, and hashes.

export const yaml = `name: shop
services:
  back:
    entrypoint: []
    image: b
    networks:
      default: null
  front:
    annotations:
      "9": nine
      "10": ten
      note: costs $$5 & <more>
    attach: false
    build:
      context: /srv/shop
      dockerfile: Dockerfile
      args:
        A: "1"
        B: 'yes'
      extra_hosts:
        - h=::1
      ulimits:
        'n': 1
      x-build: 1
    develop:
      watch:
        - path: /srv/shop
          action: rebuild
        - path: /srv/shop/src
          action: sync+exec
          target: /src
          exec:
            command:
              - make
              - all
    blkio_config:
      weight: 300
      weight_device:
        - path: /dev/a
          weight: 0
      device_read_bps:
        - path: /dev/a
          rate: "12582912"
    cpus: 0.1
    command: []
    configs:
      - source: page
        mode: "0440"
    depends_on:
      back:
        condition: service_healthy
        restart: true
        required: true
        x-why: slow
    deploy:
      replicas: 2
      update_config:
        parallelism: 0
        max_failure_ratio: 0.15
      resources:
        reservations:
          generic_resources:
            - discrete_resource_spec:
                kind: gpu
                value: 0
      restart_policy:
        delay: 0s
    provider:
      type: cloud
      options:
        size:
          - "2"
        zones:
          - a
          - "1"
    environment:
      DATE: 2020-01-01 00:00:00 +0000 UTC
      EMPTY: ""
      LINES: |
        one
        two
      LONG: a text of many words that goes on and on until it is longer than a line
        of eighty characters
      UNSET: null
    gpus:
      - driver: nvidia
        count: -1
    healthcheck:
      test:
        - CMD
        - "true"
      interval: 0s
      start_interval: 24h0m0s
    image: nginx
    init: false
    logging:
      driver: none
    memswap_limit: "9223372036854775807"
    networks:
      default: null
      edge:
        aliases:
          - www
        priority: 5
    ports:
      - mode: ingress
        host_ip: 127.0.0.1
        target: 80
        published: "8080"
        protocol: udp
      - mode: ingress
        target: 90
        protocol: tcp
    scale: 2
    stop_grace_period: 1m30s
    ulimits:
      core:
        soft: 0
        hard: 0
      nofile:
        soft: 0
        hard: 5
      nproc: 7
    volumes:
      - type: volume
        source: data
        target: /data
        volume: {}
      - type: bind
        source: /srv
        target: /srv
        bind:
          create_host_path: false
      - type: tmpfs
        target: /tmp
        tmpfs:
          size: "1048576"
          mode: 1023
    post_start:
      - command:
          - echo
          - hi
        privileged: true
    x-front:
      a: 1e+06
      b: 2.5
networks:
  default:
    name: shop_default
  edge:
    name: shop_edge
    driver_opts:
      mtu: "1400"
    ipam:
      config:
        - subnet: 10.9.0.0/24
    enable_ipv6: false
    x-net: []
volumes:
  data:
    name: shop_data
    labels:
      k: v
configs:
  page:
    name: shop_page
    content: <p>$$</p>
x-root:
  "2": b
  "10": a
  none: null
  when: 2020-01-01T00:00:00Z
`;

export const json = String.raw`{
  "configs": {
    "page": {
      "name": "shop_page",
      "content": "\u003cp\u003e$$\u003c/p\u003e"
    }
  },
  "name": "shop",
  "networks": {
    "default": {
      "name": "shop_default",
      "ipam": {}
    },
    "edge": {
      "name": "shop_edge",
      "driver_opts": {
        "mtu": "1400"
      },
      "ipam": {
        "config": [
          {
            "subnet": "10.9.0.0/24"
          }
        ]
      },
      "enable_ipv6": false
    }
  },
  "services": {
    "back": {
      "command": null,
      "entrypoint": [],
      "image": "b",
      "networks": {
        "default": null
      }
    },
    "front": {
      "annotations": {
        "10": "ten",
        "9": "nine",
        "note": "costs $$5 \u0026 \u003cmore\u003e"
      },
      "attach": false,
      "build": {
        "context": "/srv/shop",
        "dockerfile": "Dockerfile",
        "args": {
          "A": "1",
          "B": "yes"
        },
        "extra_hosts": [
          "h=::1"
        ],
        "ulimits": {
          "n": 1
        }
      },
      "develop": {
        "watch": [
          {
            "path": "/srv/shop",
            "action": "rebuild",
            "exec": {
              "command": null
            }
          },
          {
            "path": "/srv/shop/src",
            "action": "sync+exec",
            "target": "/src",
            "exec": {
              "command": [
                "make",
                "all"
              ]
            }
          }
        ]
      },
      "blkio_config": {
        "weight": 300,
        "weight_device": [
          {
            "Path": "/dev/a",
            "Weight": 0
          }
        ],
        "device_read_bps": [
          {
            "Path": "/dev/a",
            "Rate": "12582912"
          }
        ]
      },
      "cpus": 0.1,
      "command": [],
      "configs": [
        {
          "source": "page",
          "mode": "0440"
        }
      ],
      "depends_on": {
        "back": {
          "condition": "service_healthy",
          "restart": true,
          "required": true
        }
      },
      "deploy": {
        "replicas": 2,
        "update_config": {
          "parallelism": 0,
          "max_failure_ratio": 0.15
        },
        "resources": {
          "reservations": {
            "generic_resources": [
              {
                "discrete_resource_spec": {
                  "kind": "gpu",
                  "value": 0
                }
              }
            ]
          }
        },
        "restart_policy": {
          "delay": "0s"
        },
        "placement": {}
      },
      "entrypoint": null,
      "provider": {
        "type": "cloud",
        "options": {
          "size": [
            "2"
          ],
          "zones": [
            "a",
            "1"
          ]
        }
      },
      "environment": {
        "DATE": "2020-01-01 00:00:00 +0000 UTC",
        "EMPTY": "",
        "LINES": "one\ntwo\n",
        "LONG": "a text of many words that goes on and on until it is longer than a line of eighty characters",
        "UNSET": null
      },
      "gpus": [
        {
          "driver": "nvidia",
          "count": -1
        }
      ],
      "healthcheck": {
        "test": [
          "CMD",
          "true"
        ],
        "interval": "0s",
        "start_interval": "24h0m0s"
      },
      "image": "nginx",
      "init": false,
      "logging": {
        "driver": "none"
      },
      "memswap_limit": "9223372036854775807",
      "networks": {
        "default": null,
        "edge": {
          "aliases": [
            "www"
          ],
          "priority": 5
        }
      },
      "ports": [
        {
          "mode": "ingress",
          "host_ip": "127.0.0.1",
          "target": 80,
          "published": "8080",
          "protocol": "udp"
        },
        {
          "mode": "ingress",
          "target": 90,
          "protocol": "tcp"
        }
      ],
      "scale": 2,
      "stop_grace_period": "1m30s",
      "ulimits": {
        "core": {},
        "nofile": {
          "hard": 5
        },
        "nproc": 7
      },
      "volumes": [
        {
          "type": "volume",
          "source": "data",
          "target": "/data",
          "volume": {}
        },
        {
          "type": "bind",
          "source": "/srv",
          "target": "/srv",
          "bind": {
            "create_host_path": false
          }
        },
        {
          "type": "tmpfs",
          "target": "/tmp",
          "tmpfs": {
            "size": "1048576",
            "mode": 1023
          }
        }
      ],
      "post_start": [
        {
          "command": [
            "echo",
            "hi"
          ],
          "privileged": true
        }
      ]
    }
  },
  "volumes": {
    "data": {
      "name": "shop_data",
      "labels": {
        "k": "v"
      }
    }
  },
  "x-root": {
    "10": "a",
    "2": "b",
    "none": null,
    "when": "2020-01-01T00:00:00Z"
  }
}`;

export const hashes = {
  back: 'a97017925c4b7fdea04957744ef7bcea3980e51da25fd1205430c2efa10119b9',
  front: 'fb42d3e980368616f1dffaa9fae972db319af7057ae2dc05fa45d55ecbf66848',
};
