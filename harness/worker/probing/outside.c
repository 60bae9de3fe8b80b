/* Notes every connection that a process attempts to another host. Preloaded into all processes of a
 * trial, so that libraries with networking of their own are seen too. HARNESS_OUTSIDE names the
 * file; each line is JSON: pid and address. Nothing is stopped.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void note(const char *kind, const char *host, int port)
{
    const char *path = getenv("HARNESS_OUTSIDE");
    int before = errno;
    if (path) {
        char line[512];
        int size = snprintf(line, sizeof line, "{\"pid\": %d, \"%s\": \"%.255s\", \"port\": %d}\n",
                            (int)getpid(), kind, host, port);
        int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        if (file >= 0) {
            if (write(file, line, (size_t)size) < 0) { /* the disk is full: nothing to be done */ }
            close(file);
        }
    }
    errno = before;
}

static void look(const struct sockaddr *address)
{
    char host[INET6_ADDRSTRLEN];
    if (!address) return;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;
        unsigned first = ntohl(in->sin_addr.s_addr) >> 24;
        if (first == 127 || first == 0) return;
        inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        note("address", host, ntohs(in->sin_port));
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)address;
        const unsigned char *bytes = in->sin6_addr.s6_addr;
        if (IN6_IS_ADDR_LOOPBACK(&in->sin6_addr) || IN6_IS_ADDR_UNSPECIFIED(&in->sin6_addr)) return;
        if (IN6_IS_ADDR_V4MAPPED(&in->sin6_addr) && bytes[12] == 127) return;
        inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof host);
        note("address", host, ntohs(in->sin6_port));
    }
}

int connect(int socket, const struct sockaddr *address, socklen_t length)
{
    static int (*real)(int, const struct sockaddr *, socklen_t);
    int type = 0;
    socklen_t size = sizeof type;
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "connect");
    /* To connect a datagram socket sends nothing: that is how programs ask for their own address. */
    if (getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM)
        look(address);
    return real(socket, address, length);
}

static int elsewhere(const char *host)
{
    char own[256] = "";
    struct in_addr four;
    struct in6_addr six;
    if (!host || !*host || !strcmp(host, "localhost") || !strcmp(host, "ip6-localhost")) return 0;
    if (inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1) return 0;
    gethostname(own, sizeof own - 1);
    return strcmp(host, own) != 0;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (elsewhere(host)) note("name", host, service ? atoi(service) : 0);
    return real(host, service, hints, found);
}
